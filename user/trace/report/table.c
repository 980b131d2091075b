// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * table.c - a trace for people: on a terminal a table that is redrawn at each interval, in
 * a pipe the same rows one interval after the other; at the end totals, histograms and losses.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "trace/report/report.h"
#include "trace/report/style.h"
#include "trace/report/table_who.h"

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

struct row {
	size_t probe;
	unsigned long long rank;
};

static int by_rank(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? 1 : -1;
	return x->probe < y->probe ? -1 : x->probe > y->probe;
}

/*
 * The probes to show, the busiest first within latencies; few events and samples always come
 * first. Quiet probes of a pattern are left out. Returns how many; free(*rows).
 */
static size_t choose_rows(struct trace *t, bool totals, struct row **rows)
{
	size_t n = 0;

	*rows = calloc(t->probes.count + 1, sizeof(**rows));
	if (!*rows)
		trace_report_failed(t, ENOMEM);
	for (size_t i = 0; *rows && i < t->probes.count; i++) {
		const struct probe *p = &t->probes.probe[i];
		unsigned long long count =
			totals ? probe_view_count(&t->reader->view[i]) : trace_delta(t, i);

		if (!count && p->optional)
			continue;
		(*rows)[n].probe = i;
		(*rows)[n++].rank = p->optional ? count : ~0ULL;
	}
	if (n)
		qsort(*rows, n, sizeof(**rows), by_rank);
	return n;
}

static size_t rows_that_fit(const struct trace *t, size_t rows)
{
	struct winsize window;
	size_t most = t->options->top ? t->options->top : rows;

	if (t->live && ioctl(t->out_fd, TIOCGWINSZ, &window) == 0 && window.ws_row > 12 &&
	    most > (size_t)window.ws_row - 10)
		most = (size_t)window.ws_row - 10;
	return rows < most ? rows : most;
}

static void print_latency(FILE *out, const lk_u64 *r)
{
	char average[16], min[16], max[16];
	lk_u64 count = r[LATENCY_COUNT];

	if (!count) {
		fprintf(out, "%9s %9s %9s  ", "-", "-", "-");
		return;
	}
	fprintf(out, "%9s %9s %9s  ",
		style_duration(average, (double)r[LATENCY_SUM] / (double)count),
		style_duration(min, (double)r[LATENCY_MIN]),
		style_duration(max, (double)r[LATENCY_MAX]));
}

static void print_row(const struct trace *t, size_t i)
{
	const struct probe *p = &t->probes.probe[i];
	const struct probe_view *v = &t->reader->view[i];
	char name[STYLE_TEXT];

	fprintf(t->out, "%-44s %12llu %11.0f ", style_text(name, p->name, SIZE_MAX),
		probe_view_count(v), trace_rate_hz(t, i));
	if (p->kind == KIND_LATENCY)
		print_latency(t->out, v->total.latency);
	else
		fprintf(t->out, "%9s %9s %9s  ", "", "", "");
	print_losses(t->out, &v->losses, false);
	fputc('\n', t->out);
}

static void print_heading(const struct trace *t)
{
	fprintf(t->out, "%s%-44s %12s %11s %9s %9s %9s  %s%s\n", style_bold(t), "PROBE", "COUNT",
		"RATE/s", "AVG", "MIN", "MAX", "LOST", style_plain(t));
}

static void print_rows(struct trace *t, bool totals)
{
	struct row *rows;
	size_t n = choose_rows(t, totals, &rows), shown = rows_that_fit(t, n);

	print_heading(t);
	for (size_t i = 0; i < shown; i++)
		print_row(t, rows[i].probe);
	if (shown < n)
		fprintf(t->out, "... and %zu more (--top 0 shows all)\n", n - shown);
	free(rows);
}

static void print_histogram(const struct trace *t, size_t i)
{
	const lk_u64 *buckets = t->reader->view[i].total.latency + LATENCY_BUCKET0;
	int first = 0, last = LATENCY_BUCKETS - 1;
	lk_u64 most = 1;
	char from[16], name[STYLE_TEXT];

	while (first < last && !buckets[first])
		first++;
	while (last > first && !buckets[last])
		last--;
	for (int b = first; b <= last; b++)
		if (buckets[b] > most)
			most = buckets[b];
	fprintf(t->out, "\n%s%s%s\n", style_bold(t),
		style_text(name, t->probes.probe[i].name, SIZE_MAX), style_plain(t));
	for (int b = first; b <= last; b++) {
		int width = (int)(buckets[b] * BAR / most);

		fprintf(t->out, "  from %7s %12llu |%.*s%*s|\n",
			style_duration(from, b ? (double)(1ULL << b) : 0), buckets[b], width,
			"@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", BAR - width, "");
	}
}

static void print_histograms(struct trace *t)
{
	struct row *rows;
	size_t n = choose_rows(t, true, &rows);
	int shown = 0;

	for (size_t i = 0; i < n && shown < HISTOGRAMS; i++) {
		size_t probe = rows[i].probe;

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
	if (t->engine->counted && t->engine->counted->not_followed)
		fprintf(t->out, "threads not followed, the table of threads was full: %llu\n",
			t->engine->counted->not_followed);
}

static void table_begin(struct trace *t)
{
	fprintf(t->out, "tracing %zu probe%s through latch %s; ^C ends\n", t->probes.count,
		t->probes.count == 1 ? "" : "s", t->engine->variant->name);
}

static void table_interval(struct trace *t)
{
	char clock[16];
	time_t now = time(NULL);
	struct tm tm;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	if (t->live)
		fputs("\033[H\033[J", t->out);
	fprintf(t->out, "%s%s  +%.1f s\n", t->live ? "" : "\n", clock, trace_elapsed_s(t));
	print_rows(t, false);
	table_samples(t);
}

static void table_summary(struct trace *t)
{
	fprintf(t->out, "\n%stotal%s\n", style_bold(t), style_plain(t));
	/* Rates of the whole trace. */
	memset(t->previous, 0, t->probes.count * sizeof(*t->previous));
	t->last_ns = t->start_ns;
	print_rows(t, true);
	table_samples(t);
	print_histograms(t);
	if (t->usyms)
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
