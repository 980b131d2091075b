/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* object.h - user/object/image.h for tests: failures fail the cmocka test. */
#ifndef LATCHKIT_TESTS_OBJECT_H
#define LATCHKIT_TESTS_OBJECT_H

#include "object/image.h"
#include "tests/test.h"

static inline void object_open(struct bpf_image *o, const char *path)
{
	assert_int_equal(bpf_image_open_file(o, path), 0);
}

static inline void object_load(struct bpf_image *o)
{
	assert_int_equal(bpf_image_load(o), 0);
}

static inline lk_u64 *object_global(const struct bpf_image *o, const char *name)
{
	lk_u64 *p = bpf_image_global(o, name);

	assert_non_null(p);
	return p;
}

static inline lk_u64 *object_map(const struct bpf_image *o, const char *name)
{
	size_t bytes;
	lk_u64 *p = bpf_image_map(o, name, &bytes);

	assert_non_null(p);
	return p;
}

#endif /* LATCHKIT_TESTS_OBJECT_H */
