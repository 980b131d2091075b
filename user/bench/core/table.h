/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* table.h - what the tables of all benches for people are made of. */
#ifndef LATCHKIT_USER_BENCH_CORE_TABLE_H
#define LATCHKIT_USER_BENCH_CORE_TABLE_H

#include "bench/core/plan.h"

/*
 * Print where and how it was measured, in two lines. After the number of rounds `payload` is put,
 * `about_clock` after what reading the clock takes, `rest` before the end.
 */
void bench_table_environment(const struct bench_plan *plan, const char *payload,
			     const char *about_clock, const char *rest, FILE *out);
/* A column "5.12 +-2%", in units of `unit`; `zero` for a median of 0, "-" for nothing. */
void bench_table_estimate(FILE *out, struct bench_estimate e, double unit, int width,
			  const char *zero);
/* A column for a ratio: "=" is no difference, "-" nothing. */
void bench_table_ratio(FILE *out, struct bench_estimate ratio, int width);
/* Columns for percentiles of single times. */
void bench_table_times(FILE *out, const struct bench_times *t, const double *percents, size_t count,
		       int width);

#endif /* LATCHKIT_USER_BENCH_CORE_TABLE_H */
