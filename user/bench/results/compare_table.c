// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* compare_table.c - see bench/results/compare.h: the comparison for people. */
#include <stdio.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/diag.h"
#include "cli/escape.h"
#include "cli/output_end.h"
#include "bench/results/comparison.h"
#include "bench/results/compare_table.h"
#include "bench/results/file_parse.h"

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

static void add_setting(struct columns *to, const struct bench_file_result *r)
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
	add_setting(to, c->a);
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

static int print_environment(const struct bench_compared *c)
{
	struct columns table = {.width = 3};
	char texts[2][256];
	int r;

	columns_add(&table, " ");
	columns_add(&table, "A: %s", c->a->path);
	columns_add(&table, "B: %s", c->b->path);
	for (const char *const *key = bench_compare_keys; *key; key++) {
		if (!bench_compare_environment(c, *key, texts))
			continue;
		columns_add(&table, "%s", *key);
		columns_add(&table, "%s", texts[0]);
		columns_add(&table, "%s", texts[1]);
	}
	r = finish(&table);
	if (bench_compare_environment(c, "cpu", texts) ||
	    bench_compare_environment(c, "machine", texts))
		puts("warning: the CPUs differ: the ratios are of machines, not of code");
	putchar('\n');
	return r;
}

static int print_rows(const struct bench_compared *c)
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
static int print_rest(const struct bench_file *here, const struct bench_file *there)
{
	struct columns table = {.width = 7, .right = 1 << 3 | 1 << 6};
	size_t count = 0;

	for (size_t i = 0; i < here->count; i++) {
		if (bench_file_find(there, &here->results[i]))
			continue;
		columns_add(&table, " ");
		add_setting(&table, &here->results[i]);
		count++;
	}
	if (count)
		print_path(here->path, count);
	return finish(&table);
}

int bench_compare_table(const struct bench_compared *c)
{
	if (print_environment(c) || print_rows(c) || print_rest(c->a, c->b) ||
	    print_rest(c->b, c->a))
		return EXIT_FAILED;
	return output_end(stdout, NULL);
}
