/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* object.h - user/object/image.h for tests: failures fail the cmocka test. */
#ifndef LATCHKIT_TESTS_OBJECT_H
#define LATCHKIT_TESTS_OBJECT_H

#include "object/image.h"

void object_open(struct bpf_image *o, const char *path);
void object_load(struct bpf_image *o);
lk_u64 *object_global(const struct bpf_image *o, const char *name);
lk_u64 *object_map(const struct bpf_image *o, const char *name);

#endif /* LATCHKIT_TESTS_OBJECT_H */
