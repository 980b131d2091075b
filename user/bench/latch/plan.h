/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - all that one `latchkit bench latch` measures: some subjects, each under some
 * loads, in rounds that visit every pair once.
 */
#ifndef LATCHKIT_USER_BENCH_LATCH_PLAN_H
#define LATCHKIT_USER_BENCH_LATCH_PLAN_H

#include "host/environment.h"
#include "bench/latch/result.h"

#define BENCH_LOADS_MAX 64

struct bench_plan {
	const struct bench_subject **subjects;
	size_t subjects_count;
	struct bench_load loads[BENCH_LOADS_MAX];
	size_t loads_count;
	size_t rounds; /* wanted, beside the warm-up */
	size_t measured; /* rounds of every result that was not skipped */
	bool partial; /* stopped by a signal */
	struct bench_result *results; /* subject by subject for each load */
	struct bench_env env;
};

/*
 * Measure. ^C ends it early, between two slices: rounds that are not complete are dropped, and
 * the plan is marked partial. Shows progress on standard error if that is a terminal. Returns the
 * exit code; errors have been printed. bench_plan_free() in every case.
 */
int bench_plan_run(struct bench_plan *plan);
void bench_plan_free(struct bench_plan *plan);
/* The result of subject number s under load number l. */
struct bench_result *bench_plan_result(const struct bench_plan *plan, size_t l, size_t s);
/* "user:1,bpf:1" or "none"; `user` is how threads of user space are called. As snprintf(). */
int bench_contexts_describe(const unsigned int *count, const char *user, char *buf, size_t size);
/* The load in words: who writes, who reads, how often. */
void bench_load_describe(const struct bench_load *load, char *buf, size_t size);

#endif /* LATCHKIT_USER_BENCH_LATCH_PLAN_H */
