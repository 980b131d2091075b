/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trials.h - experiments that answer what no rate answers: registering against
 * others, the same function registered again, indexes out of range.
 */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_TRIALS_H
#define LATCHKIT_USER_BENCH_DISPATCH_TRIALS_H

#include "bench/core/code.h"
#include "bench/core/stats.h"
#include "bench/dispatch/subject.h"

/* Registering in one slot, and taking out again, by so many threads at once, for 200 ms. */
struct dispatch_contention {
	struct bench_code code; /* of one registration */
	struct bench_times times; /* of single ones, clock included; those that were refused, too */
	lk_u64 refused;
};
/* Returns 0 or a negative errno. posted: the published table, else the hardened one (memb). */
int dispatch_try_contention(bool posted, unsigned int threads, struct dispatch_contention *found);

/*
 * A thread takes a handler out and registers the same one again, flat out, for half a second,
 * another one calls. Each registration has a number.
 */
struct dispatch_aba {
	lk_u64 calls; /* that began under a registration known by its number */
	lk_u64 moved; /* another one was there when the handler ran */
	lk_u64 unseen; /* and the slot held the same pointer before and after */
	lk_u64 registrations;
};
/* Returns 0 or a negative errno. */
int dispatch_try_aba(bool posted, struct dispatch_aba *found);

/* All operations with indexes beyond the end of a table that ends where memory ends. */
struct dispatch_bounds {
	unsigned int tried;
	unsigned int errors; /* that returned an error */
	unsigned int trapped; /* that ended the program by a trap, as a panic does */
	unsigned int touched; /* that touched memory beyond the end */
};
/* Returns 0 or a negative errno. */
int dispatch_try_bounds(bool posted, struct dispatch_bounds *found);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_TRIALS_H */
