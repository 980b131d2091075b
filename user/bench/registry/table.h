/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* table.h - the results of bench registry for people. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_TABLE_H
#define LATCHKIT_USER_BENCH_REGISTRY_TABLE_H

#include <stdio.h>

#include "bench/registry/plan.h"

/* The results as a table for people, and as records for programs; see docs/json.md. */
void bench_registry_report_table(const struct bench_registry_plan *plan, FILE *out);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_TABLE_H */
