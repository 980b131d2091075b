/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report_table.h - the results of a plan for people. */
#ifndef LATCHKIT_USER_BENCH_LATCH_REPORT_TABLE_H
#define LATCHKIT_USER_BENCH_LATCH_REPORT_TABLE_H

#include <stdio.h>

#include "bench/latch/plan.h"

/* A table for each load, and a ranking by reads and writes where there are any. */
void bench_report_table(const struct bench_plan *plan, FILE *out);

#endif /* LATCHKIT_USER_BENCH_LATCH_REPORT_TABLE_H */
