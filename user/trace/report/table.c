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

#include "trace/probe/type.h"
#include "trace/report/report.h"
#include "trace/report/rows.h"
#include "trace/report/screen.h"
#include "trace/report/style.h"
#include "trace/report/table_keys.h"
#include "trace/report/table_who.h"
#include "trace/session/keys.h"

#define HISTOGRAMS 3 /* shown in the summary */
#define BAR 40 /* characters of the longest bar */

static void print_losses(FILE *out, const struct loss_counts *l, bool all)
{
	const char *separator = "";

	for (int i = 0; i < LOSS_CAUSES; i++) {
		unsigned long long n = loss_get(l, i);

		if (!n && !all)
			continue;
		if (n == LOSS_UNKNOWN)
			fprintf(out, "%s%s unknown", separator, loss_names[i]);
		else
			fprintf(out, "%s%s %llu", separator, loss_names[i], n);
		separator = ", ";
	}
	if (!*separator)
		fputs("-", out);
}

/* Lines that the table leaves to what is below its rows. */
#define OTHER_LINES 6

static size_t rows_that_fit(const struct trace *t, size_t rows)
{
	struct screen_size size = screen_size(t);
	size_t most = t->options->top ? t->options->top : rows;

	if (most > size.lines - OTHER_LINES)
		most = size.lines > 2 * OTHER_LINES ? size.lines - OTHER_LINES : OTHER_LINES;
	return rows < most ? rows : most;
}

/* The columns, and how they are squeezed: without MIN and SUM, then with short names. */
struct columns {
	int name;
	bool all;
};

#define NAME_WIDTH 44
#define NAME_LEAST 20
#define ALL_WIDTH 66 /* of all columns but the name, with room for a short loss */
#define FEW_WIDTH 48

static struct columns choose_columns(const struct trace *t)
{
	size_t width = screen_size(t).columns;
	struct columns c = {NAME_WIDTH, true};

	if (width >= NAME_WIDTH + ALL_WIDTH)
		return c;
	c.all = width >= NAME_LEAST * 2 + ALL_WIDTH;
	width -= c.all ? ALL_WIDTH : FEW_WIDTH;
	c.name = width > NAME_WIDTH ? NAME_WIDTH : width < NAME_LEAST ? NAME_LEAST : (int)width;
	return c;
}

/* The name with the short form of its type, as it can be written. */
static void shorten(const struct probe *p, const char *whole, char *name, size_t size)
{
	size_t type = strlen(p->type->name);

	if (strncmp(whole, p->type->name, type) == 0 && whole[type] == ':')
		snprintf(name, size, "%s%s", p->type->shorthand, whole + type);
	else
		snprintf(name, size, "%s", whole);
}

/* A name that is too long is shortened, and then loses its middle, if columns are scarce at all. */
static void print_name(const struct trace *t, const struct probe *p, int width)
{
	char text[STYLE_TEXT], name[STYLE_TEXT], whole[STYLE_TEXT];
	int left = (width - 2) / 2, length;

	length = (int)strlen(style_text(text, style_probe(t, whole, p), SIZE_MAX));

	if (length > width && screen_size(t).columns != SIZE_MAX) {
		shorten(p, whole, name, sizeof(name));
		length = (int)strlen(style_text(text, name, SIZE_MAX));
	}
	if (length <= width || screen_size(t).columns == SIZE_MAX)
		fprintf(t->out, "%-*s", width, text);
	else
		fprintf(t->out, "%.*s..%s", left, text, text + length - (width - 2 - left));
}

static void print_latency(FILE *out, const lk_u64 *r, bool all)
{
	lk_u64 count = r ? r[LATENCY_COUNT] : 0;
	char average[16], min[16], max[16], sum[16];
	const char *none = r ? "-" : "";

	fprintf(out, "%8s ",
		count ? style_duration(average, (double)r[LATENCY_SUM] / (double)count) : none);
	if (all)
		fprintf(out, "%8s ", count ? style_duration(min, (double)r[LATENCY_MIN]) : none);
	fprintf(out, "%8s ", count ? style_duration(max, (double)r[LATENCY_MAX]) : none);
	if (all)
		fprintf(out, "%8s ", count ? style_duration(sum, (double)r[LATENCY_SUM]) : none);
	fputc(' ', out);
}

static void print_row(const struct trace *t, const struct columns *c, size_t i)
{
	const struct probe *p = &t->probes.probe[i];
	const struct probe_view *v = &t->reader->view[i];

	print_name(t, p, c->name);
	fprintf(t->out, " %11llu %9.0f ", probe_view_count(v), trace_rate_hz(t, i));
	print_latency(t->out, p->kind == KIND_LATENCY ? v->total.latency : NULL, c->all);
	print_losses(t->out, &v->losses, false);
	fputc('\n', t->out);
}

static void print_heading(const struct trace *t, const struct columns *c)
{
	fprintf(t->out, "%s%-*s %11s %9s %8s ", style_bold(t), c->name, "PROBE", "COUNT", "RATE/s",
		"AVG");
	if (c->all)
		fprintf(t->out, "%8s ", "MIN");
	fprintf(t->out, "%8s ", "MAX");
	if (c->all)
		fprintf(t->out, "%8s ", "SUM");
	fprintf(t->out, " LOST%s\n", style_plain(t));
}

static void print_rows(struct trace *t)
{
	const struct columns c = choose_columns(t);
	size_t *rows, n = rows_choose(t, &rows), shown = rows_that_fit(t, n);

	if (!rows)
		trace_report_failed(t, ENOMEM);
	print_heading(t, &c);
	for (size_t i = 0; i < shown; i++)
		print_row(t, &c, rows[i]);
	if (shown < n)
		fprintf(t->out, "... and %zu more (--top 0 shows all)\n", n - shown);
	free(rows);
}

static void print_histogram(const struct trace *t, size_t i)
{
	const lk_u64 *buckets = t->reader->view[i].total.latency + LATENCY_BUCKET0;
	int first = 0, last = LATENCY_BUCKETS - 1;
	lk_u64 most = 1;
	char from[16], name[STYLE_TEXT], whole[STYLE_TEXT];

	while (first < last && !buckets[first])
		first++;
	while (last > first && !buckets[last])
		last--;
	for (int b = first; b <= last; b++)
		if (buckets[b] > most)
			most = buckets[b];
	fprintf(t->out, "\n%s%s%s\n", style_bold(t),
		style_text(name, style_probe(t, whole, &t->probes.probe[i]), SIZE_MAX),
		style_plain(t));
	for (int b = first; b <= last; b++) {
		int width = (int)(buckets[b] * BAR / most);

		fprintf(t->out, "  from %7s %12llu |%.*s%*s|\n",
			style_duration(from, b ? (double)(1ULL << b) : 0), buckets[b], width,
			"@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", BAR - width, "");
	}
}

static void print_histograms(struct trace *t)
{
	size_t *rows, n = rows_choose(t, &rows);
	int shown = 0;

	for (size_t i = 0; i < n && shown < HISTOGRAMS; i++) {
		size_t probe = rows[i];

		if (t->probes.probe[probe].kind != KIND_LATENCY ||
		    !t->reader->view[probe].total.latency[LATENCY_COUNT])
			continue;
		print_histogram(t, probe);
		shown++;
	}
	free(rows);
}

/* How many events each handler has had; shown only where handlers could be swapped. */
static void print_handlers(const struct trace *t)
{
	fputs("handled by:", t->out);
	for (int h = 0; h < HANDLERS; h++)
		fprintf(t->out, "%s %s %llu", h ? "," : "", handler_get(h)->name,
			trace_handled(t, h));
	fprintf(t->out, "; %llu swaps\n", t->swaps);
}

static void print_totals(const struct trace *t)
{
	const struct reader_counts *c = &t->reader->counts;
	struct loss_counts losses = trace_losses_sum(t);

	fputs("lost: ", t->out);
	print_losses(t->out, &losses, true);
	fprintf(t->out, "\nlatch %s: %llu records read, %llu retries, %llu given up, %s%llu torn%s",
		t->engine->variant->name, c->reads, c->retries, c->gave_up,
		c->torn ? style_red(t) : "", c->torn, c->torn ? style_plain(t) : "");
	fprintf(t->out, "; %.1f s\n", trace_elapsed_s(t));
	if (t->options->processes)
		table_threads(t);
	if (trace_own_stacks(t))
		fprintf(t->out, "stacks of latchkit itself, left out: %llu\n", trace_own_stacks(t));
	if (t->engine->counted && t->engine->counted->not_followed)
		fprintf(t->out, "threads not followed, the table of threads was full: %llu\n",
			t->engine->counted->not_followed);
}

static void table_begin(struct trace *t)
{
	fprintf(t->out, "tracing %zu probe%s through latch %s; ^C ends\n", t->probes.count,
		t->probes.count == 1 ? "" : "s", t->engine->variant->name);
}

/* Rows by key, and what was lost of all, if anything was. */
static void draw_keys(struct trace *t)
{
	struct screen_size size = screen_size(t);
	struct loss_counts losses = trace_losses_sum(t);

	table_keys(t, size.lines == SIZE_MAX ? SIZE_MAX : size.lines - 2);
	fputs("\nlost: ", t->out);
	print_losses(t->out, &losses, false);
	fputc('\n', t->out);
}

static void draw_interval(struct trace *t)
{
	char clock[16];
	time_t now = time(NULL);
	struct tm tm;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	fprintf(t->out, "%s%s  +%.1f s; all since the begin, but RATE/s: of the last %.1f s\n",
		t->live ? "" : "\n", clock, trace_elapsed_s(t),
		(double)(t->now_ns - t->last_ns) / 1e9);
	if (t->options->engine.keys.count) {
		draw_keys(t);
		return;
	}
	print_rows(t);
	table_samples(t);
}

static void table_interval(struct trace *t)
{
	if (t->live)
		screen_draw(t, draw_interval);
	else
		draw_interval(t);
}

static void table_summary(struct trace *t)
{
	screen_leave(t);
	t->live = false; /* what follows stays, and may be longer than the terminal */
	fprintf(t->out, "\n%stotal%s\n", style_bold(t), style_plain(t));
	/* Rates of the whole trace. */
	memset(t->previous, 0, t->probes.count * sizeof(*t->previous));
	memset(t->previous_other, 0, t->probes.count * sizeof(*t->previous_other));
	t->last_ns = t->start_ns;
	print_rows(t);
	if (t->options->engine.keys.count) {
		keys_forget(t);
		table_keys(t, SIZE_MAX);
	} else {
		table_samples(t);
		print_histograms(t);
	}
	if (t->engine->count_stacks)
		table_stacks(t);
	fputc('\n', t->out);
	if (t->options->control)
		print_handlers(t);
	print_totals(t);
}

const struct report report_table = {
	.redraws = true,
	.begin = table_begin,
	.interval = table_interval,
	.summary = table_summary,
	.process = table_process,
};
