/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * judge.h - the claims S4.1 to S4.6, what latchkit promises, and what BPF costs, as
 * questions: what to measure, and a sentence with the numbers and the verdict that they give.
 */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_JUDGE_H
#define LATCHKIT_USER_BENCH_REGISTRY_JUDGE_H

#include "bench/core/claim.h"
#include "bench/registry/plan.h"

/* Returns 0 or a negative errno. */
typedef int bench_registry_judge_fn(const struct bench_registry_plan *plan, struct bench_answer *a);

/* Define the one of that name; its body follows. Each has a row in judges.def. */
#define BENCH_REGISTRY_JUDGE(name, plan, a) \
	static bench_registry_judge_fn judge_##name; \
	bench_registry_judge_fn *const bench_registry_judge_##name = judge_##name; \
	static int judge_##name(const struct bench_registry_plan *plan, struct bench_answer *a)

/* -- what judges look at: bench/registry/judge.c --------------------------------------------- */

/* p99 beside a shrinker may be so many times idle's. */
#define REGISTRY_P99_AT_MOST 2.0

/* What was measured without writes; 0 threads: as many as there are CPUs. NULL: it was not. */
const struct bench_registry_result *registry_judged(const struct bench_registry_plan *plan,
						    const char *name, unsigned int threads,
						    size_t objects, enum bench_registry_keys keys,
						    bool shrinker);
/* The median of a's metric to b's; 0: not measured. */
double registry_judged_ratio(const struct bench_registry_result *a,
			     const struct bench_registry_result *b, enum bench_registry_metric m);
/* How many times its p99 is, beside a shrinker, that without; among 100000 objects. */
double registry_judged_p99(const struct bench_registry_plan *plan, const char *name);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_JUDGE_H */
