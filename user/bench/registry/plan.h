/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - all that one `latchkit bench registry` measures: some subjects, each under
 * some loads, in rounds that visit every pair once, so that what disturbs the machine disturbs all.
 * The first round is dropped as warm-up. A table lives from the first round to the last, for all
 * loads of its size.
 */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_PLAN_H
#define LATCHKIT_USER_BENCH_REGISTRY_PLAN_H

#include <stdio.h>

#include "host/environment.h"
#include "bench/registry/bpf/bench.h"
#include "bench/registry/result.h"
#include "bench/registry/run.h"

#define BENCH_REGISTRY_LOADS 64
#define BENCH_REGISTRY_SIZES 8
#define BENCH_REGISTRY_THREADS_MAX 63

struct bench_registry_plan {
	const struct bench_registry_subject **subjects;
	size_t subjects_count;
	struct bench_registry_load loads[BENCH_REGISTRY_LOADS];
	size_t loads_count;
	size_t rounds, measured;
	unsigned int slice_ms;
	bool oversubscribe, partial;
	bool bpf; /* measure what objects cost in BPF, instead of subjects */
	struct bench_registry_bpf in_bpf;
	struct bench_registry_result *results; /* subject by subject for each load */
	double *bytes; /* of each subject for each object; 0: not known */
	size_t sizes[BENCH_REGISTRY_SIZES]; /* tables there are, and of each all subjects' */
	size_t sizes_count;
	struct bench_registry_table *tables;
	uint32_t *keys[BENCH_REGISTRY_SIZES][BENCH_KEYS_KINDS];
	struct bench_env env;
};

/* Objects for which bytes are measured. */
#define BENCH_BYTES_OBJECTS 200000

/*
 * Measure. ^C ends it early: rounds that are not complete are dropped, and the plan is marked
 * partial. Returns the exit code; errors have been printed. bench_registry_plan_free() in any case.
 */
int bench_registry_plan_run(struct bench_registry_plan *plan);
void bench_registry_plan_free(struct bench_registry_plan *plan);
struct bench_registry_result *bench_registry_plan_result(const struct bench_registry_plan *plan,
							 size_t l, size_t s);
/* The result of that subject under such a load; NULL: it was not measured. */
const struct bench_registry_result *
bench_registry_plan_find(const struct bench_registry_plan *plan, const char *name,
			 const struct bench_registry_load *load);
/* Bytes for each object of that subject; 0: not known. */
double bench_registry_plan_bytes(const struct bench_registry_plan *plan, const char *name);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_PLAN_H */
