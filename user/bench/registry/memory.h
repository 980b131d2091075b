/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* memory.h - what objects take of memory, measured in processes of their own. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_MEMORY_H
#define LATCHKIT_USER_BENCH_REGISTRY_MEMORY_H

#include "bench/core/plan.h"

/* Bytes of this process that are in memory; 0: not known. */
double bench_resident_bytes(void);
/*
 * Run fn(found, count, arg) in a child, which ends with this process; `found`, of `size` bytes, is
 * shared meanwhile, and zero before. Returns 0 or a negative errno: -EIO if the child failed.
 */
int bench_in_child(void (*fn)(void *found, size_t count, const void *arg), void *found, size_t size,
		   size_t count, const void *arg);
/* Bytes for each of so many objects of a subject, tables included. Returns 0: not known. */
double bench_registry_bytes(const struct bench_subject *subject, size_t objects);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_MEMORY_H */
