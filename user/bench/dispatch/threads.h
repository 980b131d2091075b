/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* threads.h - threads that call and swap the handler of one subject, for a while. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_THREADS_H
#define LATCHKIT_USER_BENCH_DISPATCH_THREADS_H

#include "bench/core/stats.h"
#include "bench/dispatch/subject.h"

/* What they do: call as fast as they can, time single calls, or watch for swaps, one at a time. */
enum dispatch_job { DISPATCH_CALL, DISPATCH_TIME, DISPATCH_WATCH };

struct dispatch_slice {
	const struct dispatch_subject *subject;
	struct dispatch_memory *memory;
	enum dispatch_job job;
	unsigned int threads;
	bool swapper, oversubscribe;
	unsigned int ms;
	/* Found: */
	double calls_per_s, swaps_per_s;
	lk_u64 calls, swaps, mixed, late, unhandled;
	struct bench_times call_times, visible_times;
};

/*
 * Take out handler `next`'s rival and retire its context when the subject's swap has returned. No
 * two threads at once.
 */
void dispatch_swap_to(const struct dispatch_subject *subject, struct dispatch_memory *m,
		      unsigned int next);
/* Run the slice. Returns 0 or a negative errno. */
int dispatch_slice_run(struct dispatch_slice *s);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_THREADS_H */
