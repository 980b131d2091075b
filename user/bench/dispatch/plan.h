/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - all that one `latchkit bench dispatch` measures: some subjects, each under
 * some loads, in rounds that visit every pair once, so that what disturbs the machine disturbs all.
 * The first round is dropped as warm-up.
 */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_PLAN_H
#define LATCHKIT_USER_BENCH_DISPATCH_PLAN_H

#include <stdio.h>

#include "bench/dispatch/bpf.h"
#include "bench/dispatch/subject.h"
#include "host/environment.h"
#include "bench/core/pmu.h"
#include "bench/core/stats.h"

#define DISPATCH_LOADS 32
#define DISPATCH_THREADS_MAX (DISPATCH_SLOTS - 1)

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

struct dispatch_plan {
	const struct dispatch_subject **subjects;
	size_t subjects_count;
	struct dispatch_load loads[DISPATCH_LOADS];
	size_t loads_count;
	size_t rounds, measured;
	unsigned int slice_ms;
	bool oversubscribe;
	bool bpf; /* measure dispatch in BPF programs, too */
	bool partial; /* stopped by a signal */
	struct dispatch_result *results; /* subject by subject for each load */
	struct dispatch_bpf_results in_bpf;
	struct bench_env env;
	double tsc_ghz; /* 0: no such counter */
};

/*
 * Measure. ^C ends it early: rounds that are not complete are dropped, and the plan is marked
 * partial. Returns the exit code; errors have been printed. dispatch_plan_free() in every case.
 */
int dispatch_plan_run(struct dispatch_plan *plan);
void dispatch_plan_free(struct dispatch_plan *plan);
/* The result of subject number s under load number l. */
struct dispatch_result *dispatch_plan_result(const struct dispatch_plan *plan, size_t l, size_t s);
/* The result of that subject under such a load; NULL: it was not measured. */
const struct dispatch_result *dispatch_plan_find(const struct dispatch_plan *plan, const char *name,
						 unsigned int threads, bool swapper);
/* The median of a metric and its interval; of what was not measured the count is 0. */
struct bench_estimate dispatch_result_of(const struct dispatch_result *r, enum dispatch_metric m);
/* The ratio of a's metric to b's, round by round. */
struct bench_estimate dispatch_ratio(const struct dispatch_result *a,
				     const struct dispatch_result *b, enum dispatch_metric m);
/* Is any of its metrics too unsteady to rank by? */
bool dispatch_result_noisy(const struct dispatch_result *r);
/* As snprintf(). */
int dispatch_load_describe(const struct dispatch_load *load, char *buf, size_t size);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_PLAN_H */
