/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * record.h - what benches print of their results. For programs a bench describes a result once,
 * by a function that puts its fields into a record, in order: keys of a JSON object, or columns of
 * CSV. What is not known is no key, and an empty column.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_RECORD_H
#define LATCHKIT_USER_BENCH_CORE_RECORD_H

#include <cjson/cJSON.h>

#include "bench/core/plan.h"
#include "bench/core/pmu.h"

/* Print the plan's results in its format: table, JSON lines or CSV; see docs/json.md. */
void bench_report(const struct bench_plan *plan, FILE *out);

/* Describe a result. */
typedef void bench_record_fn(struct bench_record *r, const struct bench_plan *plan,
			     const struct bench_cell *cell);
/* Results that are not the plan's own, as the plan prints those: `count` of `size` bytes each. */
void bench_records_print(const struct bench_plan *plan, bench_record_fn *describe,
			 const void *cells, size_t count, size_t size, FILE *out);

struct bench_record {
	cJSON *object; /* NULL: CSV */
	FILE *out; /* of CSV */
	bool names; /* the header of CSV: the values do not matter */
	const char *comma; /* before the next column */
};

/* Put in a field. */
void bench_put_type(struct bench_record *r, const char *type); /* the first of JSON alone */
void bench_put_text(struct bench_record *r, const char *key, const char *text);
void bench_put_quoted(struct bench_record *r, const char *key, const char *text); /* in CSV, too */
void bench_put_count(struct bench_record *r, const char *key, unsigned long long count);
void bench_put_real(struct bench_record *r, const char *key, bool known, double value);
void bench_put_flag(struct bench_record *r, const char *key, bool flag);
/* Two counts that belong together: in CSV columns with the key before their names. */
void bench_put_pair(struct bench_record *r, const char *key, bool known, const char *one,
		    unsigned long long first, const char *other, unsigned long long second);
/* Why it was skipped: returns true, and nothing may follow. Of CSV such a result is no row. */
bool bench_put_skipped(struct bench_record *r, const struct bench_cell *cell);
/* A median with its interval; and, in JSON, the values of all rounds, unless NULL. */
void bench_put_estimate(struct bench_record *r, const char *key, struct bench_estimate e,
			const double *values);
/* All metrics of a result of that plan. */
void bench_put_metrics(struct bench_record *r, const struct bench_plan *plan,
		       const struct bench_cell *cell);
/* The percentiles of single operations' times, ns. */
void bench_put_times(struct bench_record *r, const char *key, const struct bench_times *t);
/* What the PMU counted for each operation: in JSON `key`, in CSV columns with a prefix, or none. */
void bench_put_counters(struct bench_record *r, const char *key, const char *prefix,
			const struct bench_pmu_count *counts);
/* The last columns of CSV: where it was measured; with `compiler` also what built it. */
void bench_put_environment(struct bench_record *r, const struct bench_plan *plan, bool compiler);

/* The same for a JSON object alone. */
void bench_json_estimate(cJSON *to, const char *key, struct bench_estimate e, const double *values);

#endif /* LATCHKIT_USER_BENCH_CORE_RECORD_H */
