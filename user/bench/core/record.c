// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* record.c - see bench/core/record.h. */
#include <stdlib.h>

#include "bench/core/record.h"

static const struct {
	const char *name;
	double percent;
} percentiles[] = {{"p50", 50},	    {"p90", 90},       {"p99", 99},
		   {"p99_9", 99.9}, {"p99_99", 99.99}, {"max", 100}};
#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

void bench_record_estimate(cJSON *to, const char *name, struct bench_estimate e,
			   const double *values)
{
	cJSON *o;

	if (!e.count)
		return;
	o = cJSON_AddObjectToObject(to, name);
	cJSON_AddNumberToObject(o, "median", e.median);
	cJSON_AddNumberToObject(o, "low", e.low);
	cJSON_AddNumberToObject(o, "high", e.high);
	cJSON_AddNumberToObject(o, "mad", e.mad);
	if (values)
		cJSON_AddItemToObject(o, "values", cJSON_CreateDoubleArray(values, (int)e.count));
}

void bench_record_times(cJSON *to, const char *name, const struct bench_times *t)
{
	cJSON *o;

	if (!t->count)
		return;
	o = cJSON_AddObjectToObject(to, name);
	for (size_t i = 0; i < PERCENTILES; i++)
		cJSON_AddNumberToObject(o, percentiles[i].name,
					(double)bench_times_percentile(t, percentiles[i].percent));
}

void bench_record_counters(cJSON *to, const char *name, const struct bench_pmu_count *counts)
{
	cJSON *o = NULL;

	for (int i = 0; i < BENCH_PMU_EVENTS; i++) {
		double n = bench_pmu_per_operation(counts, (enum bench_pmu_event)i);

		if (n < 0)
			continue;
		if (!o)
			o = cJSON_AddObjectToObject(to, name);
		cJSON_AddNumberToObject(o, bench_pmu_names[i], n);
	}
}

void bench_csv_estimate_names(const char *name, FILE *out)
{
	fprintf(out, ",%s,%s_low,%s_high", name, name, name);
}

void bench_csv_estimate(struct bench_estimate e, FILE *out)
{
	if (e.count)
		fprintf(out, ",%.6g,%.6g,%.6g", e.median, e.low, e.high);
	else
		fputs(",,,", out);
}

void bench_csv_times_names(const char *name, FILE *out)
{
	for (size_t i = 0; i < PERCENTILES; i++)
		fprintf(out, ",%s_%s", name, percentiles[i].name);
}

void bench_csv_times(const struct bench_times *t, FILE *out)
{
	for (size_t i = 0; i < PERCENTILES; i++) {
		if (t->count)
			fprintf(out, ",%llu",
				(unsigned long long)bench_times_percentile(t,
									   percentiles[i].percent));
		else
			fputc(',', out);
	}
}
