/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pmu.h - operations measured alone, with nobody else there: how long one takes, and what the
 * processor's counters say of it. Many virtual machines have no such counters, some have a few.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_PMU_H
#define LATCHKIT_USER_BENCH_CORE_PMU_H

#include <stdbool.h>
#include <stdint.h>

enum bench_pmu_event {
	BENCH_CYCLES,
	BENCH_INSTRUCTIONS,
	BENCH_CACHE_MISSES,
	BENCH_PMU_EVENTS,
};
/* Their names in every output. */
extern const char *const bench_pmu_names[BENCH_PMU_EVENTS];

/* What was counted, over how many operations; no operations: not counted. */
struct bench_pmu_count {
	double total[BENCH_PMU_EVENTS], operations[BENCH_PMU_EVENTS];
};

/*
 * Open the counters for the calling thread, which alone may use them; kernel included where that is
 * allowed. Later calls do nothing. Returns whether there is any.
 */
bool bench_pmu_open(void);
/*
 * Returns nanoseconds of one operation: loop(arg, n) does n of them; `few` of them take less than
 * 0.1 ms. The median of some loops; another one is for the counters, if they are open.
 */
double bench_alone_ns(void (*loop)(void *arg, uint64_t n), void *arg, uint64_t few,
		      struct bench_pmu_count *counts);
/* Events per operation; negative: not counted. */
double bench_pmu_per_operation(const struct bench_pmu_count *c, enum bench_pmu_event event);

#endif /* LATCHKIT_USER_BENCH_CORE_PMU_H */
