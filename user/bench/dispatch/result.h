/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - what bench dispatch measures of one subject under one load, and beside all in BPF. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_RESULT_H
#define LATCHKIT_USER_BENCH_DISPATCH_RESULT_H

#include "bench/core/plan.h"
#include "bench/core/pmu.h"
#include "bench/dispatch/bpf/bench.h"
#include "bench/dispatch/subject.h"

/* What is measured once a round. */
enum dispatch_metric {
	DISPATCH_ALONE_NS, /* of a call, by one thread, nobody else there */
	DISPATCH_CALLS_PER_S, /* of all threads */
	DISPATCH_SWAPS_PER_S, /* of the swapper */
	DISPATCH_VISIBLE_NS, /* from the start of a swap to the first call of the new handler */
	DISPATCH_METRICS
};

/* The load is a struct bench_load: threads that call; the disturber swaps, flat out. */
struct dispatch_result {
	struct bench_cell cell;
	struct bench_times call_times, visible_times; /* clock included */
	struct bench_pmu_count counts; /* of calls, alone */
	lk_u64 calls, swaps, mixed, late, unhandled;
};

struct dispatch_plan {
	struct bench_plan plan;
	bool no_bpf; /* leave out the programs */
	struct dispatch_bpf_results in_bpf;
};

extern const struct bench_reports dispatch_reports;

/* For BENCH_JUDGE(): the name of a judge. */
#define JUDGE_OF(which) dispatch_judge_##which

/* The result of that subject under such a load; NULL: it was not measured. */
static inline const struct dispatch_result *
dispatch_find(const struct bench_plan *plan, const char *name, unsigned int threads, bool swapper)
{
	const struct bench_load load = {threads, swapper};

	return (const struct dispatch_result *)bench_plan_find(plan, name, &load);
}

/* The median of a metric and its interval; of NULL the count is 0. */
static inline struct bench_estimate dispatch_of(const struct dispatch_result *r,
						enum dispatch_metric m)
{
	return bench_cell_of(r ? &r->cell : NULL, (int)m);
}

/* The ratio of a's metric to b's, round by round. */
static inline struct bench_estimate dispatch_ratio(const struct dispatch_result *a,
						   const struct dispatch_result *b,
						   enum dispatch_metric m)
{
	return bench_cell_ratio(a ? &a->cell : NULL, b ? &b->cell : NULL, (int)m);
}

#endif /* LATCHKIT_USER_BENCH_DISPATCH_RESULT_H */
