// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * compare.c - latchkit bench compare: what of one result file differs from another, and how surely.
 * Only for code: between two machines everything differs.
 */
#include <argp.h>
#include <stdlib.h>

#include "bench/results/compare_report.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/diag.h"

/* A ratio whose interval is not beyond this much of 1 is no difference. */
#define LEAST 0.02
/* Of fewer rounds the range itself, let alone a bootstrap, holds the median in under 95 %. */
#define ROUNDS_MIN 6

/* What to call a B that is less, or more, than A. */
static const struct words {
	const char *less, *more;
} words[BENCH_FILE_METRICS] = {
	[BENCH_FILE_READ_NS] = {"faster", "slower"},
	[BENCH_FILE_WRITE_NS] = {"faster", "slower"},
	[BENCH_FILE_READS_PER_S] = {"slower", "faster"},
	[BENCH_FILE_WRITES_PER_S] = {"slower", "faster"},
	[BENCH_FILE_RETRIES_PER_READ] = {"fewer", "more"},
	[BENCH_FILE_DROPS_PER_WRITE] = {"fewer", "more"},
};

/* Without a ratio, because A's median is 0: do the intervals of the medians lie apart? */
static enum bench_order order_of(const struct bench_comparison *c)
{
	if (c->ratio.count)
		return bench_ratio_order(&c->ratio, LEAST);
	return c->b->metrics[c->metric].low > c->a->metrics[c->metric].high ? BENCH_MORE
									    : BENCH_NO_DIFFERENCE;
}

static const char *verdict_of(const struct bench_comparison *c)
{
	enum bench_order order = order_of(c);

	if (order == BENCH_NO_DIFFERENCE)
		return "no difference";
	if (c->a->metrics[c->metric].count < ROUNDS_MIN ||
	    c->b->metrics[c->metric].count < ROUNDS_MIN)
		return "too few rounds";
	return order == BENCH_LESS ? words[c->metric].less : words[c->metric].more;
}

static struct bench_comparison compare(const struct bench_file_result *a,
				       const struct bench_file_result *b,
				       enum bench_file_metric metric)
{
	struct bench_comparison c = {.a = a, .b = b, .metric = metric};
	const struct bench_file_series *x = &a->metrics[metric], *y = &b->metrics[metric];

	c.ratio = bench_ratio_of_medians(y->values, y->count, x->values, x->count);
	c.verdict = verdict_of(&c);
	c.noisy = a->noisy || b->noisy;
	return c;
}

static void compare_metrics(struct bench_compared *c, const struct bench_file_result *a)
{
	const struct bench_file_result *b = bench_file_find(c->b, a);

	for (int i = 0; b && i < BENCH_FILE_METRICS; i++)
		if (a->metrics[i].count && b->metrics[i].count)
			c->rows[c->count++] = compare(a, b, i);
}

/* Measured twice in one file, or torn: worth knowing, whatever the comparison says. */
static void note_oddities(const struct bench_file *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct bench_file_result *r = &f->results[i], *first = bench_file_find(f, r);

		if (first != r)
			note("%s:%zu: measured as in line %zu; only that line is compared", f->path,
			     r->line, first->line);
		if (r->sound && r->torn > 0)
			note("%s:%zu: %s: %g torn records; a sound latch has none", f->path,
			     r->line, r->subject, r->torn);
	}
	if (f->partial)
		note("%s: the run was interrupted: it is not complete", f->path);
}

static int compare_files(const struct bench_file *a, const struct bench_file *b, bool json)
{
	struct bench_compared c = {.a = a, .b = b};
	int r;

	c.rows = calloc(a->count * BENCH_FILE_METRICS, sizeof(*c.rows));
	if (!c.rows)
		return fail("%s: no memory to compare it", a->path);
	note_oddities(a);
	note_oddities(b);
	for (size_t i = 0; i < a->count; i++)
		if (bench_file_find(a, &a->results[i]) == &a->results[i])
			compare_metrics(&c, &a->results[i]);
	if (!bench_stats_had_memory())
		r = fail("%s: no memory to compare it", a->path);
	else if (!c.count)
		r = fail(
			"%s, %s: nothing in common; run latchkit bench latch with the same options",
			a->path, b->path);
	else
		r = bench_compare_report(&c, json);
	free(c.rows);
	return r;
}

/* -- the command line ------------------------------------------------------------------------- */

static const struct argp_option options[] = {
	{"json", 'j', NULL, 0, "one JSON object a line, see docs/json.md", 0},
	{0},
};

static const char doc[] =
	"Say what differs between two files of results, B against A.\v"
	"A row for each metric of each measurement that both files have: the medians, their ratio "
	"with its 95 % interval, and what it means. Within 2 % of 1 is no difference. The interval "
	"knows how the rounds of each run differ, not how one run differs from the next: where "
	"that matters, run twice.";

struct arguments {
	const char *paths[2];
	bool json;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	if (key == 'j')
		a->json = true;
	else if (key == ARGP_KEY_ARG && state->arg_num < 2)
		a->paths[state->arg_num] = arg;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "%s: two files are compared; see --help", arg);
	else if (key == ARGP_KEY_END && state->arg_num < 2)
		argp_error(state, "give two files: A.json B.json");
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int cmd_bench_compare(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.args_doc = "A.json B.json",
		.doc = doc,
	};
	struct bench_file files[2] = {{0}, {0}};
	struct arguments a = {0};
	int r;

	if (arguments_parse(&argp, argc, argv, &a))
		return EXIT_FAILED;
	r = bench_file_read(&files[0], a.paths[0]);
	if (!r)
		r = bench_file_read(&files[1], a.paths[1]);
	if (!r)
		r = compare_files(&files[0], &files[1], a.json);
	bench_file_free(&files[0]);
	bench_file_free(&files[1]);
	return r;
}
