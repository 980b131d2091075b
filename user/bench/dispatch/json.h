/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* json.h - the results of bench dispatch for programs; see docs/json.md. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_JSON_H
#define LATCHKIT_USER_BENCH_DISPATCH_JSON_H

#include <stdio.h>

#include "bench/dispatch/plan.h"

/* The results as a table for people, and as records for programs; see docs/json.md. */
void dispatch_report_json(const struct dispatch_plan *plan, FILE *out);
void dispatch_report_csv(const struct dispatch_plan *plan, FILE *out);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_JSON_H */
