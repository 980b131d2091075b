/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* trials.h - what no rate answers: allocation, flat memory, and where objects lie. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_TRIALS_H
#define LATCHKIT_USER_BENCH_REGISTRY_TRIALS_H

#include <stddef.h>

#include "bench/core/stats.h"

/* Taking and giving back an object of 128 bytes that has to be constructed. */
struct bench_allocation {
	struct bench_estimate cache_ns, malloc_ns, ratio; /* of a pair; ratio: cache to malloc */
};

/* Returns 0 or a negative errno. */
int bench_try_allocation(struct bench_allocation *found);

#define BENCH_FLAT_CYCLES 3
/* So many objects inserted, shed and reclaimed, again and again, in a process of its own. */
struct bench_flat {
	double full_bytes[BENCH_FLAT_CYCLES], empty_bytes[BENCH_FLAT_CYCLES]; /* resident, more than
										 before */
	double shed_per_s;
	size_t not_freed;
};

/* Returns 0 or a negative errno. */
int bench_try_flat(size_t objects, struct bench_flat *found);

/* Lookups among so many objects from the cache, to those among as many from malloc in a table that
 * is the same otherwise. Returns 0 or a negative errno. */
int bench_try_placement(size_t objects, struct bench_estimate *ratio);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_TRIALS_H */
