/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * slice.h - threads that work at once, for a slice of time. It begins when all of them are
 * there. Each works at least once, even if it gets no CPU before the slice is over: how long it
 * worked is noted for each.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_SLICE_H
#define LATCHKIT_USER_BENCH_CORE_SLICE_H

#include <stdbool.h>
#include <stddef.h>

struct bench_slice;
struct bench_crew;

/* What each worker begins with. */
struct bench_worker {
	int cpu; /* where to run */
	double seconds; /* found: how long it worked */
	/* Filled in by bench_slice_run(): */
	const struct bench_crew *crew;
	struct bench_slice *slice;
};

/* What workers do; NULL: nothing. */
struct bench_crew {
	/* Around all that one does. */
	void (*enter)(void *worker);
	void (*leave)(void *worker);
	void (*pause)(void *worker); /* again and again while it waits for the others */
	void (*work)(void *worker); /* until bench_slice_on() returns false */
};

/*
 * Have `count` workers of `size` bytes each work for `ms` milliseconds, in a thread each. Returns 0
 * or a negative errno.
 */
int bench_slice_run(const struct bench_crew *crew, void *workers, size_t size, unsigned int count,
		    unsigned int ms);
/* In a worker, after each piece of work: go on? */
bool bench_slice_on(const struct bench_worker *w);

#endif /* LATCHKIT_USER_BENCH_CORE_SLICE_H */
