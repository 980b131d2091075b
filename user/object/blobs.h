/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* blobs.h - the BPF objects inside the executable, one of each kind for each variant. */
#ifndef LATCHKIT_USER_OBJECT_BLOBS_H
#define LATCHKIT_USER_OBJECT_BLOBS_H

#include <stddef.h>

/* Returns the object of that kind, "trace", "bench" or "nmi", for that variant, and its size in
 * bytes; or NULL. */
const void *blob_find(const char *kind, const char *variant, size_t *size);

#endif /* LATCHKIT_USER_OBJECT_BLOBS_H */
