/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - what was measured of one subject under one load. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_RESULT_H
#define LATCHKIT_USER_BENCH_DISPATCH_RESULT_H

#include "bench/core/pmu.h"
#include "bench/core/stats.h"
#include "bench/dispatch/subject.h"

struct dispatch_load {
	unsigned int threads; /* that call */
	bool swapper; /* another one swaps, flat out */
};
/* What is measured once a round. */
enum dispatch_metric {
	DISPATCH_ALONE_NS, /* of a call, by one thread, nobody else there */
	DISPATCH_CALLS_PER_S, /* of all threads */
	DISPATCH_SWAPS_PER_S, /* of the swapper */
	DISPATCH_VISIBLE_NS, /* from the start of a swap to the first call of the new handler */
	DISPATCH_METRICS
};
/* Their names in every output. */
extern const char *const dispatch_metric_names[DISPATCH_METRICS];
/* What became of one subject under one load. */
struct dispatch_result {
	const struct dispatch_subject *subject;
	const struct dispatch_load *load;
	char skipped[128]; /* why it was not measured; empty: it was */
	size_t rounds;
	double *value[DISPATCH_METRICS]; /* one for each round */
	bool has[DISPATCH_METRICS];
	struct bench_times call_times, visible_times; /* clock included */
	struct bench_pmu_count counts; /* of calls, alone */
	lk_u64 calls, swaps, mixed, late, unhandled;
};
/* The median of a metric and its interval; of what was not measured the count is 0. */
struct bench_estimate dispatch_result_of(const struct dispatch_result *r, enum dispatch_metric m);
/* The ratio of a's metric to b's, round by round. */
struct bench_estimate dispatch_ratio(const struct dispatch_result *a,
				     const struct dispatch_result *b, enum dispatch_metric m);
/* Is any of its metrics too unsteady to rank by? */
bool dispatch_result_noisy(const struct dispatch_result *r);
/* As snprintf(). */
int dispatch_load_describe(const struct dispatch_load *load, char *buf, size_t size);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_RESULT_H */
