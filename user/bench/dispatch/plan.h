/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - all that one `latchkit bench dispatch` measures: some subjects, each under
 * some loads, in rounds that visit every pair once, so that what disturbs the machine disturbs all.
 * The first round is dropped as warm-up.
 */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_PLAN_H
#define LATCHKIT_USER_BENCH_DISPATCH_PLAN_H

#include <stdio.h>

#include "bench/dispatch/bpf/bench.h"
#include "bench/dispatch/result.h"
#include "host/environment.h"

#define DISPATCH_LOADS 32
#define DISPATCH_THREADS_MAX (DISPATCH_SLOTS - 1)

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

#endif /* LATCHKIT_USER_BENCH_DISPATCH_PLAN_H */
