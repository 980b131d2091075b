/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report_json.h - the results of a plan for programs. */
#ifndef LATCHKIT_USER_BENCH_LATCH_REPORT_JSON_H
#define LATCHKIT_USER_BENCH_LATCH_REPORT_JSON_H

#include <stdio.h>

#include "bench/latch/plan.h"

/* One JSON object a line: the environment, then the results; see docs/json.md. */
void bench_report_json(const struct bench_plan *plan, FILE *out);
/* One row for each result, the environment in its last columns. */
void bench_report_csv(const struct bench_plan *plan, FILE *out);

#endif /* LATCHKIT_USER_BENCH_LATCH_REPORT_JSON_H */
