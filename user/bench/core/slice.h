/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * slice.h - threads that work at once, for a slice of time. It begins when all of them are
 * there. Each works at least once, even if it gets no CPU before the slice is over: how long it
 * worked it notes itself.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_SLICE_H
#define LATCHKIT_USER_BENCH_CORE_SLICE_H

#include <stdbool.h>
#include <stddef.h>

/* All zero before it runs. */
struct bench_slice {
	unsigned int phase, ready; /* how many threads are */
};

/*
 * Run main(worker) for `count` workers of `size` bytes each, in a thread each, for `ms`
 * milliseconds, and join them. Returns 0 or a negative errno.
 */
int bench_slice_run(struct bench_slice *s, void *(*main)(void *worker), void *workers, size_t size,
		    unsigned int count, unsigned int ms);

/* In a worker: wait until all are there, calling pause() meanwhile, unless that is NULL. */
void bench_slice_begin(struct bench_slice *s, void (*pause)(void));
/* In a worker, after each piece of work: go on? */
bool bench_slice_on(const struct bench_slice *s);

#endif /* LATCHKIT_USER_BENCH_CORE_SLICE_H */
