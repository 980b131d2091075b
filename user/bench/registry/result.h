/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - what was measured of one subject under one load. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_RESULT_H
#define LATCHKIT_USER_BENCH_REGISTRY_RESULT_H

#include "bench/core/stats.h"
#include "bench/registry/keys.h"
#include "bench/registry/subject.h"

struct bench_registry_load {
	unsigned int threads; /* that look up */
	size_t objects;
	enum bench_registry_keys keys;
	unsigned int writes; /* of 100 operations: an id is deleted and inserted anew */
	bool shrinker; /* another thread sheds and inserts, flat out */
};
/* What is measured once a round. */
enum bench_registry_metric {
	BENCH_LOOKUPS_PER_S, /* of all threads */
	BENCH_REPLACES_PER_S, /* of all threads */
	BENCH_SHEDS_PER_S, /* of the shrinker */
	BENCH_P99_NS, /* of a lookup, clock included */
	BENCH_REGISTRY_METRICS
};
/* Their names in every output. */
extern const char *const bench_registry_metric_names[BENCH_REGISTRY_METRICS];
/* What became of one subject under one load. */
struct bench_registry_result {
	const struct bench_registry_subject *subject;
	const struct bench_registry_load *load;
	char skipped[128]; /* why it was not measured; empty: it was */
	size_t rounds;
	double *value[BENCH_REGISTRY_METRICS]; /* one for each round */
	struct bench_times times; /* of single lookups, clock included */
	lk_u64 lookups, misses, replaces, sheds;
};
/* The median of a metric and its interval; of what was not measured the count is 0. */
struct bench_estimate bench_registry_of(const struct bench_registry_result *r,
					enum bench_registry_metric m);
/* The ratio of a's metric to b's, round by round. */
struct bench_estimate bench_registry_ratio(const struct bench_registry_result *a,
					   const struct bench_registry_result *b,
					   enum bench_registry_metric m);
/* As snprintf(). */
int bench_registry_load_describe(const struct bench_registry_load *load, char *buf, size_t size);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_RESULT_H */
