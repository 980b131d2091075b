/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* threads.h - threads that write to and read from one subject at once, for a while. */
#ifndef LATCHKIT_USER_BENCH_LATCH_THREADS_H
#define LATCHKIT_USER_BENCH_LATCH_THREADS_H

#include "bench/latch/run.h"

struct bench_slice;

/* One thread of a slice. */
struct bench_worker {
	struct bench_thread thread; /* what it writes, and its counts */
	struct bench_times times; /* of single operations, clock included */
	double seconds; /* how long it ran */
	/* For the thread itself: */
	const struct bench_subject *subject;
	lk_u64 *memory;
	bench_loop_fn *loop;
	int cpu;
	unsigned int batch; /* operations between two looks at the clock; 0: a few hundred */
	double interval_ns; /* between operations; 0: flat out */
	struct bench_slice *slice;
};

/*
 * Start all workers, let them work together for `ms` milliseconds, stop and join them. Returns 0
 * or a negative errno.
 */
int bench_workers_run(struct bench_worker *workers, unsigned int count, unsigned int ms);

#endif /* LATCHKIT_USER_BENCH_LATCH_THREADS_H */
