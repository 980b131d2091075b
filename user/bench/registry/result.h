/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * result.h - what bench registry measures of one subject under one load. A table of objects lives
 * from the first round to the last, for all loads of its size.
 */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_RESULT_H
#define LATCHKIT_USER_BENCH_REGISTRY_RESULT_H

#include "bench/core/plan.h"
#include "bench/registry/bpf/bench.h"
#include "bench/registry/keys.h"
#include "bench/registry/subject.h"

/* What is measured once a round. */
enum bench_registry_metric {
	BENCH_LOOKUPS_PER_S, /* of all threads */
	BENCH_REPLACES_PER_S, /* of all threads */
	BENCH_SHEDS_PER_S, /* of the shrinker */
	BENCH_P99_NS, /* of a lookup, clock included */
	BENCH_REGISTRY_METRICS
};

/* Compared as bytes: no padding. */
struct bench_registry_load {
	struct bench_load load; /* threads look up; the disturber sheds and inserts, flat out */
	size_t objects;
	unsigned int keys; /* enum bench_registry_keys */
	unsigned int writes; /* of 100 operations: an id is deleted and inserted anew */
};

struct bench_registry_result {
	struct bench_cell cell;
	struct bench_times times; /* of single lookups, clock included */
	lk_u64 lookups, misses, replaces, sheds;
};

struct bench_registry_table {
	void *memory; /* what create() returned; NULL: not made yet */
	lk_u64 shed_at; /* the next id that is shed, where that is not known otherwise */
};

#define BENCH_REGISTRY_SIZES 8

struct bench_registry_plan {
	struct bench_plan plan;
	/* Numbers that options ask for, beside those of threads. */
	struct bench_list objects, keys_kinds, writes;
	struct bench_registry_bpf in_bpf; /* what objects cost in BPF, instead of subjects */
	double *bytes; /* of each subject for each object; 0: not known */
	size_t sizes[BENCH_REGISTRY_SIZES]; /* tables there are, and of each all subjects' */
	size_t sizes_count;
	struct bench_registry_table *tables;
	uint32_t *keys[BENCH_REGISTRY_SIZES][BENCH_KEYS_KINDS];
};

extern const struct bench_reports bench_registry_reports;

static inline struct bench_registry_plan *bench_registry_plan(const struct bench_plan *plan)
{
	return (struct bench_registry_plan *)plan;
}

#endif /* LATCHKIT_USER_BENCH_REGISTRY_RESULT_H */
