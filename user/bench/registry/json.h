/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* json.h - the results of bench registry for programs; see docs/json.md. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_JSON_H
#define LATCHKIT_USER_BENCH_REGISTRY_JSON_H

#include <stdio.h>

#include "bench/registry/plan.h"

/* The results as a table for people, and as records for programs; see docs/json.md. */
void bench_registry_report_json(const struct bench_registry_plan *plan, FILE *out);
/* The same as one row for each result that was measured. */
void bench_registry_report_csv(const struct bench_registry_plan *plan, FILE *out);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_JSON_H */
