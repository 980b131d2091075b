/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - one round of one subject under one load, and what its objects take of memory. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_RUN_H
#define LATCHKIT_USER_BENCH_REGISTRY_RUN_H

#include "bench/registry/result.h"

struct bench_registry_table {
	void *memory; /* what create() returned; NULL: not made yet */
	lk_u64 shed_at; /* the next id that is shed, where that is not known otherwise */
};

/* Measure one round of it, and append it unless it is a warm-up. Returns 0 or a negative errno. */
int bench_registry_round(struct bench_registry_result *r, struct bench_registry_table *table,
			 const uint32_t *keys, unsigned int slice_ms, bool oversubscribe,
			 bool warm_up);
/*
 * Bytes of memory for each of so many objects, tables included, measured in a process of its own.
 * Returns 0: not known.
 */
double bench_registry_bytes(const struct bench_registry_subject *subject, size_t objects);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_RUN_H */
