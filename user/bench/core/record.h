/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* record.h - what the results of all benches for programs are made of: JSON lines, CSV. */
#ifndef LATCHKIT_USER_BENCH_CORE_RECORD_H
#define LATCHKIT_USER_BENCH_CORE_RECORD_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "bench/core/pmu.h"
#include "bench/core/stats.h"

/* Add a median with its interval, if there is one, and the values of all rounds, unless NULL. */
void bench_record_estimate(cJSON *to, const char *name, struct bench_estimate e,
			   const double *values);
/* Add the percentiles of single operations' times, ns, if any was taken. */
void bench_record_times(cJSON *to, const char *name, const struct bench_times *t);
/* Add what the PMU counted for each operation, if it could. */
void bench_record_counters(cJSON *to, const char *name, const struct bench_pmu_count *counts);

/* The same as columns of CSV, each with a comma before it; what there is not is empty. */
void bench_csv_estimate_names(const char *name, FILE *out);
void bench_csv_estimate(struct bench_estimate e, FILE *out);
void bench_csv_times_names(const char *name, FILE *out);
void bench_csv_times(const struct bench_times *t, FILE *out);

#endif /* LATCHKIT_USER_BENCH_CORE_RECORD_H */
