// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* compare_report.c - see bench/results/compare_report.h. */
#include <stdio.h>
#include <string.h>

#include "bench/results/compare_report.h"
#include "cli/columns.h"
#include "cli/diag.h"
#include "cli/escape.h"
#include "cli/json_line.h"
#include "cli/output_end.h"

/* Keys of the environment that bear on a comparison; NULL after the last. */
static const char *const environment_keys[] = {
	"kernel",   "machine",	"cpu",	  "microcode", "cpus",	  "smt",
	"governor", "latchkit", "commit", "compiler",  "options", NULL,
};

/* Texts of a key in both files. Returns whether they differ. */
static bool differs(const struct bench_compared *c, const char *key, char (*texts)[256])
{
	bench_file_environment(c->a, key, texts[0], sizeof(texts[0]));
	bench_file_environment(c->b, key, texts[1], sizeof(texts[1]));
	return strcmp(texts[0], texts[1]) != 0;
}

/* -- for people ------------------------------------------------------------------------------- */

enum { COLUMNS = 12 };
static const char *const headings[COLUMNS] = {
	"SUBJECT", "WORKLOAD", "BYTES", "WRITERS", "READERS", "RATE",
	"METRIC",  "A",	       "B",	"B/A",	   "95 %",    "VERDICT",
};

static void add_rate(struct columns *to, const struct bench_file_result *r)
{
	if (r->rate_per_s == 0)
		columns_add(to, "flat out");
	else
		columns_add(to, "%.9g/s", r->rate_per_s);
}

static void table_setting(struct columns *to, const struct bench_file_result *r)
{
	columns_add(to, "%s", r->subject);
	columns_add(to, "%s", r->workload);
	columns_add(to, "%g", r->payload_bytes);
	columns_add(to, "%s", r->writers);
	columns_add(to, "%s", r->readers);
	add_rate(to, r);
}

static void add_row(struct columns *to, const struct bench_comparison *c)
{
	table_setting(to, c->a);
	columns_add(to, "%s", bench_file_metric_names[c->metric]);
	columns_add(to, "%.4g", c->a->metrics[c->metric].median);
	columns_add(to, "%.4g", c->b->metrics[c->metric].median);
	if (c->ratio.count) {
		columns_add(to, "%.3f", c->ratio.median);
		columns_add(to, "%.3f to %.3f", c->ratio.low, c->ratio.high);
	} else {
		columns_add(to, "-");
		columns_add(to, "-");
	}
	columns_add(to, "%s%s", c->verdict, c->noisy ? ", noisy" : "");
}

/* Returns 0 or EXIT_FAILED. */
static int finish(struct columns *table)
{
	bool printed = columns_print(table, stdout);

	columns_free(table);
	return printed ? 0 : fail("standard output: no memory for the table");
}

static int table_environment(const struct bench_compared *c)
{
	struct columns table = {.width = 3};
	char texts[2][256];
	int r;

	columns_add(&table, " ");
	columns_add(&table, "A: %s", c->a->path);
	columns_add(&table, "B: %s", c->b->path);
	for (const char *const *key = environment_keys; *key; key++) {
		if (!differs(c, *key, texts))
			continue;
		columns_add(&table, "%s", *key);
		columns_add(&table, "%s", texts[0]);
		columns_add(&table, "%s", texts[1]);
	}
	r = finish(&table);
	if (differs(c, "cpu", texts) || differs(c, "machine", texts))
		puts("warning: the CPUs differ: the ratios are of machines, not of code");
	putchar('\n');
	return r;
}

static int table_rows(const struct bench_compared *c)
{
	struct columns table = {.width = COLUMNS, .right = 1 << 2 | 1 << 5 | 7 << 7};

	for (int i = 0; i < COLUMNS; i++)
		columns_add(&table, "%s", headings[i]);
	for (size_t i = 0; i < c->count; i++)
		add_row(&table, &c->rows[i]);
	return finish(&table);
}

static void print_path(const char *path, size_t count)
{
	fputs("\nonly in ", stdout);
	escape_print(ESCAPE_TERMINAL, stdout, path, strlen(path));
	printf(": %zu\n", count);
}

/* What is in `here` alone. */
static int table_rest(const struct bench_file *here, const struct bench_file *there)
{
	struct columns table = {.width = 7, .right = 1 << 3 | 1 << 6};
	size_t count = 0;

	for (size_t i = 0; i < here->count; i++) {
		if (bench_file_find(there, &here->results[i]))
			continue;
		columns_add(&table, " ");
		table_setting(&table, &here->results[i]);
		count++;
	}
	if (count)
		print_path(here->path, count);
	return finish(&table);
}

static int print_table(const struct bench_compared *c)
{
	return table_environment(c) || table_rows(c) || table_rest(c->a, c->b) ||
	       table_rest(c->b, c->a);
}

/* -- for programs: the keys are docs/json.md's ------------------------------------------------- */

static cJSON *line_of(const char *type)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", type);
	return o;
}

static void json_setting(cJSON *to, const struct bench_file_result *r)
{
	cJSON_AddStringToObject(to, "subject", r->subject);
	cJSON_AddStringToObject(to, "workload", r->workload);
	cJSON_AddNumberToObject(to, "payload_bytes", r->payload_bytes);
	cJSON_AddStringToObject(to, "writers", r->writers);
	cJSON_AddStringToObject(to, "readers", r->readers);
	cJSON_AddNumberToObject(to, "rate_per_s", r->rate_per_s);
}

static void json_environment(const struct bench_compared *c)
{
	char texts[2][256];

	for (const char *const *key = environment_keys; *key; key++) {
		cJSON *o;

		if (!differs(c, *key, texts))
			continue;
		o = line_of("environment");
		cJSON_AddStringToObject(o, "key", *key);
		cJSON_AddStringToObject(o, "a", texts[0]);
		cJSON_AddStringToObject(o, "b", texts[1]);
		json_line_print(o, stdout);
	}
}

/* cJSON writes an infinite `high` as null. */
static void add_interval(cJSON *to, const char *key, double median, double low, double high)
{
	cJSON *o = cJSON_AddObjectToObject(to, key);

	cJSON_AddNumberToObject(o, "median", median);
	cJSON_AddNumberToObject(o, "low", low);
	cJSON_AddNumberToObject(o, "high", high);
}

static void add_series(cJSON *to, const char *key, const struct bench_file_series *s)
{
	add_interval(to, key, s->median, s->low, s->high);
}

static void print_comparison(const struct bench_comparison *c)
{
	cJSON *o = line_of("comparison");

	json_setting(o, c->a);
	cJSON_AddStringToObject(o, "metric", bench_file_metric_names[c->metric]);
	add_series(o, "a", &c->a->metrics[c->metric]);
	add_series(o, "b", &c->b->metrics[c->metric]);
	if (c->ratio.count)
		add_interval(o, "ratio", c->ratio.median, c->ratio.low, c->ratio.high);
	else
		cJSON_AddNullToObject(o, "ratio");
	cJSON_AddStringToObject(o, "verdict", c->verdict);
	cJSON_AddBoolToObject(o, "noisy", c->noisy);
	json_line_print(o, stdout);
}

/* What is in `here` alone. */
static void json_rest(const struct bench_file *here, const struct bench_file *there)
{
	for (size_t i = 0; i < here->count; i++) {
		cJSON *o;

		if (bench_file_find(there, &here->results[i]))
			continue;
		o = line_of("only_in");
		cJSON_AddStringToObject(o, "file", here->path);
		json_setting(o, &here->results[i]);
		json_line_print(o, stdout);
	}
}

static void print_json(const struct bench_compared *c)
{
	json_environment(c);
	for (size_t i = 0; i < c->count; i++)
		print_comparison(&c->rows[i]);
	json_rest(c->a, c->b);
	json_rest(c->b, c->a);
}

int bench_compare_report(const struct bench_compared *c, bool json)
{
	if (json)
		print_json(c);
	else if (print_table(c))
		return EXIT_FAILED;
	return output_end(stdout, NULL);
}
