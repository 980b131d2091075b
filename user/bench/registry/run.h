/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - one round of one subject under one load, and what its objects take of memory. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_RUN_H
#define LATCHKIT_USER_BENCH_REGISTRY_RUN_H

#include "bench/registry/result.h"

/* For struct bench: make tables and keys ready, one round, and give everything back. */
int bench_registry_result_init(struct bench_plan *plan, struct bench_cell *cell);
int bench_registry_prepare(struct bench_plan *plan);
int bench_registry_round(struct bench_plan *plan, struct bench_cell *cell, double *value,
			 bool warm_up);
void bench_registry_release(struct bench_plan *plan);
/* Bytes for each object of that subject; 0: not known. */
double bench_registry_bytes_of(const struct bench_plan *plan, const char *name);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_RUN_H */
