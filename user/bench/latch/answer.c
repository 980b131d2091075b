// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* answer.c - see bench/latch/answer.h. */
#include <stdlib.h>
#include <string.h>

#include "bench/core/scenario.h"
#include "bench/latch/answer.h"
#include "bench/latch/result.h"

struct answering {
	const struct bench_plan *plan;
	FILE *out;
};

static const struct bench_latch_result *find_result(const struct bench_plan *plan, size_t l,
						    const char *subject)
{
	for (size_t s = 0; s < plan->subjects_count; s++) {
		const struct bench_cell *c = bench_plan_result(plan, l, s);

		if (strcmp(c->subject->name, subject) == 0 && !c->skipped[0] && c->rounds)
			return bench_latch_result_of(c);
	}
	return NULL;
}

static int find_metric(const char *name)
{
	for (int m = 0; m < BENCH_METRICS; m++)
		if (strcmp(bench_metric_names[m], name) == 0)
			return m;
	return -1;
}

static void compare(const struct answering *a, size_t l, char **words)
{
	const struct bench_latch_result *x = find_result(a->plan, l, words[2]);
	const struct bench_latch_result *y = find_result(a->plan, l, words[3]);
	int metric = find_metric(words[1]);
	struct bench_estimate ratio;
	char load[256];

	if (!x || !y || metric < 0 || !x->cell.has[metric])
		return;
	ratio = bench_cell_ratio(&x->cell, &y->cell, metric);
	bench_load_describe(x->cell.load, load, sizeof(load));
	fprintf(a->out, "  %s has %.2fx the %s of %s (%.2f to %.2f%s): %s\n", words[2],
		ratio.median, words[1], words[3], ratio.low, ratio.high,
		bench_ratio_order(&ratio, 0.02) ? "" : ", no difference", load);
}

static void show_value(const struct answering *a, size_t l, char **words)
{
	const struct bench_latch_result *r = find_result(a->plan, l, words[2]);
	int metric = find_metric(words[1]);
	char load[256];

	if (!r)
		return;
	bench_load_describe(r->cell.load, load, sizeof(load));
	if (strcmp(words[1], "torn") == 0)
		fprintf(a->out, "  %s: %llu of %llu reads torn: %s\n", words[2], r->torn,
			r->checked, load);
	else if (metric >= 0 && r->cell.has[metric])
		fprintf(a->out, "  %s: %s %.3g: %s\n", words[2], words[1],
			bench_cell_of(&r->cell, metric).median, load);
}

static void show_ranked(const struct answering *a, const struct bench_rank *rank, int metric)
{
	fprintf(a->out, "%s (%.3g M, %zu bytes)", rank->cell->subject->name,
		bench_cell_of(rank->cell, metric).median / 1e6, bench_latch_bytes(rank->cell));
}

/* The first, and those that cannot be told from their neighbour. */
static void show_best(const struct answering *a, size_t l, const char *name)
{
	const struct bench_latch_load *load = bench_plan_load(a->plan, l);
	struct bench_rank *ranks = calloc(a->plan->subjects_count, sizeof(*ranks));
	int metric = find_metric(name);
	size_t count = 0;
	char text[256];

	if (ranks && metric >= 0 && bench_load_has(load, (enum bench_metric)metric))
		count = bench_rank(a->plan, l, (enum bench_metric)metric, ranks);
	for (size_t i = 0; i < count && ranks[i].lead == 0; i++) {
		fprintf(a->out, i ? ", no difference to " : "  most %s: ", name);
		show_ranked(a, &ranks[i], metric);
	}
	bench_load_describe(load, text, sizeof(text));
	if (count)
		fprintf(a->out, ": %s\n", text);
	free(ranks);
}

static int answer_line(char **words, int count, void *arg)
{
	const struct answering *a = arg;

	if (strcmp(words[0], "question") == 0 || strcmp(words[0], "note") == 0) {
		fputs(words[0][0] == 'q' ? "\n" : "  ", a->out);
		for (int i = 1; i < count; i++)
			fprintf(a->out, "%s%c", words[i], i + 1 < count ? ' ' : '\n');
	}
	for (size_t l = 0; l < a->plan->loads_count; l++) {
		if (count == 4 && strcmp(words[0], "compare") == 0)
			compare(a, l, words);
		if (count == 3 && strcmp(words[0], "value") == 0)
			show_value(a, l, words);
		if (count == 2 && strcmp(words[0], "best") == 0)
			show_best(a, l, words[1]);
	}
	return 0;
}

void bench_latch_answer(const struct bench_plan *plan, FILE *out)
{
	struct answering a = {plan, out};

	bench_scenario_each_line(plan->scenario->text, answer_line, &a);
}
