/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* judge.h - for judges of bench registry: an answer and a verdict, from what was measured. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_JUDGE_H
#define LATCHKIT_USER_BENCH_REGISTRY_JUDGE_H

#include "bench/core/claim.h"
#include "bench/registry/result.h"

#define JUDGE_OF(which) bench_registry_judge_##which

/* p99 beside a shrinker may be so many times idle's. */
#define REGISTRY_P99_AT_MOST 2.0

/*
 * How many times the lookups of `peer`, by so many threads among so many objects, uniform keys; 0
 * threads: as many as there are CPUs.
 */
double registry_judged_ratio(const struct bench_plan *plan, const char *name, const char *peer,
			     unsigned int threads, size_t objects);
/* How many times its p99 is, beside a shrinker, that without; among 100000 objects. */
double registry_judged_p99(const struct bench_plan *plan, const char *name);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_JUDGE_H */
