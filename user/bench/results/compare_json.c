// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * compare_json.c - see bench/results/compare.h: one JSON object a line. The keys are
 * docs/json.md's.
 */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "bench/core/record.h"
#include "cli/diag.h"
#include "cli/output_end.h"
#include "bench/results/comparison.h"
#include "bench/results/compare_json.h"
#include "bench/results/file_parse.h"
#include "cli/json_line.h"

static cJSON *line_of(const char *type)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", type);
	return o;
}

static void add_setting(cJSON *to, const struct bench_file_result *r)
{
	cJSON_AddStringToObject(to, "subject", r->subject);
	cJSON_AddStringToObject(to, "workload", r->workload);
	cJSON_AddNumberToObject(to, "payload_bytes", r->payload_bytes);
	cJSON_AddStringToObject(to, "writers", r->writers);
	cJSON_AddStringToObject(to, "readers", r->readers);
	cJSON_AddNumberToObject(to, "rate_per_s", r->rate_per_s);
}

static void print_environment(const struct bench_compared *c)
{
	char texts[2][256];

	for (const char *const *key = bench_compare_keys; *key; key++) {
		cJSON *o;

		if (!bench_compare_environment(c, *key, texts))
			continue;
		o = line_of("environment");
		cJSON_AddStringToObject(o, "key", *key);
		cJSON_AddStringToObject(o, "a", texts[0]);
		cJSON_AddStringToObject(o, "b", texts[1]);
		json_line_print(o, stdout);
	}
}

static void add_series(cJSON *to, const char *key, const struct bench_file_series *s)
{
	cJSON *o = cJSON_AddObjectToObject(to, key);

	cJSON_AddNumberToObject(o, "median", s->median);
	cJSON_AddNumberToObject(o, "low", s->low);
	cJSON_AddNumberToObject(o, "high", s->high);
}

/* cJSON writes an infinite `high` as null. */
static void add_ratio(cJSON *to, const struct bench_estimate *ratio)
{
	cJSON *o;

	if (!ratio->count) {
		cJSON_AddNullToObject(to, "ratio");
		return;
	}
	o = cJSON_AddObjectToObject(to, "ratio");
	cJSON_AddNumberToObject(o, "median", ratio->median);
	cJSON_AddNumberToObject(o, "low", ratio->low);
	cJSON_AddNumberToObject(o, "high", ratio->high);
}

static void print_comparison(const struct bench_comparison *c)
{
	cJSON *o = line_of("comparison");

	add_setting(o, c->a);
	cJSON_AddStringToObject(o, "metric", bench_file_metric_names[c->metric]);
	add_series(o, "a", &c->a->metrics[c->metric]);
	add_series(o, "b", &c->b->metrics[c->metric]);
	add_ratio(o, &c->ratio);
	cJSON_AddStringToObject(o, "verdict", c->verdict);
	cJSON_AddBoolToObject(o, "noisy", c->noisy);
	json_line_print(o, stdout);
}

/* What is in `here` alone. */
static void print_rest(const struct bench_file *here, const struct bench_file *there)
{
	for (size_t i = 0; i < here->count; i++) {
		cJSON *o;

		if (bench_file_find(there, &here->results[i]))
			continue;
		o = line_of("only_in");
		cJSON_AddStringToObject(o, "file", here->path);
		add_setting(o, &here->results[i]);
		json_line_print(o, stdout);
	}
}

int bench_compare_json(const struct bench_compared *c)
{
	print_environment(c);
	for (size_t i = 0; i < c->count; i++)
		print_comparison(&c->rows[i]);
	print_rest(c->a, c->b);
	print_rest(c->b, c->a);
	return output_end(stdout, NULL);
}
