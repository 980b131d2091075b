// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * table.c - a trace for people: on a terminal a table that is redrawn at each interval, in
 * a pipe the same rows one interval after the other; at the end totals, histograms and losses.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trace/report/activity.h"
#include "trace/report/report.h"
#include "trace/report/table/screen.h"
#include "trace/report/table/style.h"
#include "trace/report/table/keys.h"
#include "trace/report/table/lines.h"
#include "trace/report/table/losses.h"
#include "trace/report/table/probes.h"
#include "trace/report/table/who.h"
#include "trace/session/activity.h"
#include "trace/session/keys.h"
#include "trace/session/since.h"

/* The busiest processes that are shown: in each interval, and of all. */
#define PROCESSES_LIVE 5
#define PROCESSES_TOTAL 10

/* How many events each handler has had; shown only where handlers could be swapped. */
static void print_handlers(const struct trace *t)
{
	fputs("handled by:", t->out);
	for (int h = 0; h < HANDLERS; h++)
		fprintf(t->out, "%s %s %llu", h ? "," : "", handler_get(h)->name,
			trace_handled(t, h));
	fprintf(t->out, "; %llu swaps\n", t->swaps);
}

/* Of interest where the latch had any trouble, or to those who ask. */
static void print_latch(const struct trace *t)
{
	const struct reader_counts *c = &t->reader->counts;

	if (!c->retries && !c->gave_up && !c->torn && !t->options->engine.verbose)
		return;
	fprintf(t->out, "latch %s: %llu records read, %llu retries, %llu given up, %s%llu torn%s\n",
		t->engine->variant->name, c->reads, c->retries, c->gave_up,
		c->torn ? style_red(t) : "", c->torn, c->torn ? style_plain(t) : "");
	if (c->torn)
		fputs("  torn: records that the latch let through broken; take one that is sound "
		      "(latchkit list)\n",
		      t->out);
}

static void print_totals(const struct trace *t)
{
	if (t->options->processes)
		table_threads(t);
	if (trace_zero_divisors(t))
		fprintf(t->out, "events that divided by zero, which gave 0: %llu\n",
			trace_zero_divisors(t));
	if (trace_own_stacks(t))
		fprintf(t->out, "stacks of latchkit itself, left out: %llu\n", trace_own_stacks(t));
	if (t->engine->counted && t->engine->counted->not_followed)
		fprintf(t->out, "threads not followed, the table of threads was full: %llu\n",
			t->engine->counted->not_followed);
	print_latch(t);
	table_losses(t);
}

static void table_begin(struct trace *t)
{
	size_t n = trace_attached(t);

	if (t->lines) {
		table_lines_begin(t);
		return;
	}
	fprintf(t->out, "tracing %zu probe%s through latch %s; ^C ends\n", n, n == 1 ? "" : "s",
		t->engine->variant->name);
}

static void print_below(struct trace *t)
{
	activity_print_table(t, PROCESSES_LIVE);
	if (t->live)
		table_losses(t);
	if (!t->options->engine.keys.count)
		table_samples(t);
}

/* What is below the rows, as text to free(); NULL: no memory. *lines: how many it has. */
static char *draw_below(struct trace *t, size_t *lines)
{
	FILE *out = t->out, *to;
	char *text = NULL;
	size_t length;
	bool whole;

	*lines = 0;
	to = open_memstream(&text, &length);
	if (to) {
		t->out = to;
		print_below(t);
		t->out = out;
	}
	whole = to && !ferror(to);
	if ((to && fclose(to)) || !whole)
		trace_report_failed(t, ENOMEM);
	for (const char *c = text; c && *c; c++)
		*lines += *c == '\n';
	return text;
}

/* How many lines of the screen are for rows: at least half of them. */
static size_t lines_for_rows(const struct trace *t, size_t below)
{
	size_t lines = screen_size(t).lines;

	if (lines == SIZE_MAX)
		return lines;
	lines = lines > 3 ? lines - 1 : 2;
	return below < lines / 2 ? lines - below : lines - lines / 2;
}

static void draw_interval(struct trace *t)
{
	char clock[16], *below;
	time_t now = time(NULL);
	size_t lines;
	struct tm tm;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	fprintf(t->out, "%s%s  +%.1f s; %s the last %.1f s\n", t->live ? "" : "\n", clock,
		trace_elapsed_s(t),
		t->options->delta ? "all of" : "all since the begin, but RATE/s: of",
		(double)(t->now_ns - t->last_ns) / 1e9);
	below = draw_below(t, &lines);
	if (t->options->engine.keys.count)
		table_keys(t, lines_for_rows(t, lines), false);
	else
		table_rows(t, lines_for_rows(t, lines));
	fputs(below ? below : "", t->out);
	free(below);
}

static void table_interval(struct trace *t)
{
	if (t->lines)
		return;
	if (t->live)
		screen_draw(t, draw_interval);
	else
		draw_interval(t);
}

static void table_summary(struct trace *t)
{
	if (t->lines) {
		print_totals(t);
		return;
	}
	screen_leave(t);
	t->live = false; /* what follows stays, and may be longer than the terminal */
	fprintf(t->out, "\n%stotal%s of %.1f s\n", style_bold(t), style_plain(t),
		trace_elapsed_s(t));
	/* Rates of the whole trace. */
	memset(t->previous, 0, t->probes.count * sizeof(*t->previous));
	memset(t->previous_other, 0, t->probes.count * sizeof(*t->previous_other));
	t->last_ns = t->start_ns;
	since_forget(t);
	table_rows(t, SIZE_MAX);
	if (activity_is_counted(t)) {
		activity_forget(t);
		fputc('\n', t->out);
		activity_print_table(t, PROCESSES_TOTAL);
		fputc('\n', t->out);
	}
	if (t->options->engine.keys.count) {
		keys_forget(t);
		table_keys(t, SIZE_MAX, true);
	} else {
		table_samples(t);
		table_histograms(t);
	}
	if (t->engine->count_stacks)
		table_stacks(t);
	if (t->options->open)
		table_open(t);
	fputc('\n', t->out);
	if (t->options->control)
		print_handlers(t);
	print_totals(t);
}

const struct report report_table = {
	.redraws = true,
	.shows_open = true,
	.begin = table_begin,
	.interval = table_interval,
	.summary = table_summary,
	.process = table_process,
	.line = table_line,
};
