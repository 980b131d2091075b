/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pmu.h - what the processor's counters say of the operations that are measured alone. Many
 * virtual machines have no such counters, some have a few of them.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_PMU_H
#define LATCHKIT_USER_BENCH_CORE_PMU_H

#include <stdbool.h>

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
/* Count from here. Without bench_pmu_open() nothing. */
void bench_pmu_start(void);
/* Add what was counted since, over so many operations. */
void bench_pmu_stop(struct bench_pmu_count *into, double operations);
/* Events per operation; negative: not counted. */
double bench_pmu_per_operation(const struct bench_pmu_count *c, enum bench_pmu_event event);

#endif /* LATCHKIT_USER_BENCH_CORE_PMU_H */
