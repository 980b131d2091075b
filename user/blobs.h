/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* blobs.h - the BPF objects inside the executable, one for each latch variant. */
#ifndef LATCHKIT_USER_BLOBS_H
#define LATCHKIT_USER_BLOBS_H

#include <stddef.h>

/* Returns the trace object for that variant and its size in bytes, or NULL. */
const void *blob_trace(const char *variant, size_t *size);

#endif /* LATCHKIT_USER_BLOBS_H */
