// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rows.c - see trace/report/table/probes.h */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/probe/type.h"
#include "trace/report/table/figures.h"
#include "trace/report/table/rows.h"
#include "trace/report/table/screen.h"
#include "trace/report/table/style.h"
#include "trace/report/table/losses.h"
#include "trace/report/table/probes.h"
#include "trace/session/since.h"

#define HISTOGRAMS 3 /* shown in the summary */
#define BAR 40 /* characters of the longest bar */

#define NAME_WIDTH 44
#define NAME_MOST 100 /* where columns are not scarce */
#define NAME_LEAST 22
#define NAME_NARROW 16 /* on terminals of less than so many columns: */
#define NARROW 72
#define LOST_LEAST 5

/* The columns, as they fit. */
struct columns {
	int name;
	struct figures figures;
	size_t lost; /* characters, SIZE_MAX: as many as it takes */
};

static bool has_latencies(const struct trace *t, const size_t *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (figures_has(&t->probes.probe[rows[i]]))
			return true;
	return false;
}

static void choose_columns(const struct trace *t, struct columns *c, bool latencies)
{
	size_t width = screen_size(t).columns, used, least;

	*c = (struct columns){.name = NAME_WIDTH, .lost = SIZE_MAX};
	if (width == SIZE_MAX) {
		figures_choose(t, &c->figures, SIZE_MAX, latencies);
		return;
	}
	least = (width < NARROW ? NAME_NARROW : NAME_LEAST) + 1 + LOST_LEAST;
	used = figures_choose(t, &c->figures, width > least ? width - least : 0, latencies);
	used = width > used + least ? width - used - least : 0; /* left over */
	c->name = (int)least - 1 - LOST_LEAST;
	if (used < (size_t)(NAME_WIDTH - c->name)) {
		c->name += (int)used;
		c->lost = LOST_LEAST;
	} else {
		c->lost = LOST_LEAST + used - (size_t)(NAME_WIDTH - c->name);
		c->name = NAME_WIDTH;
	}
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

/*
 * A name that is too long is shortened, and then loses its middle, if columns are scarce at all:
 * what tells probes apart is at its end.
 */
static void print_name(const struct trace *t, const struct probe *p, int width)
{
	char text[STYLE_TEXT], name[STYLE_TEXT], whole[STYLE_TEXT];

	style_text(text, style_probe(t, whole, p), SIZE_MAX);
	if (style_width(text) > (size_t)width && screen_size(t).columns != SIZE_MAX) {
		shorten(p, whole, name, sizeof(name));
		style_text(text, name, SIZE_MAX);
	} else if (style_width(text) > (size_t)width) {
		width = (int)style_width(text);
	}
	style_end(t->out, text, strcspn(text, ":") + 1, width);
}

/* Where columns are not scarce: as wide as the names, but for those that are longest. */
static void widen(const struct trace *t, struct columns *c, const size_t *rows, size_t n)
{
	char text[STYLE_TEXT], whole[STYLE_TEXT];

	for (size_t i = 0; c->lost == SIZE_MAX && i < n; i++) {
		const struct probe *p = &t->probes.probe[rows[i]];
		size_t width = style_width(style_text(text, style_probe(t, whole, p), SIZE_MAX));

		if (width > (size_t)c->name && width <= NAME_MOST)
			c->name = (int)width;
	}
}

static void print_row(const struct trace *t, const struct columns *c, size_t i)
{
	const struct probe *p = &t->probes.probe[i];
	struct probe_figures f;

	since_read(t, i, &f);
	print_name(t, p, c->name);
	fputc(' ', t->out);
	figures_print(t, &c->figures, f.count, trace_rate_hz(t, i), p, &f.record);
	table_losses_cell(t, &f.losses, c->lost);
	fputc('\n', t->out);
}

static void print_heading(const struct trace *t, const struct columns *c)
{
	fprintf(t->out, "%s%-*s ", style_bold(t), c->name, "PROBE");
	figures_heading(t, &c->figures);
	fprintf(t->out, "LOST%s\n", style_plain(t));
}

/* How many of the rows fit, with the heading, and a line about those that do not. */
static size_t rows_that_fit(const struct trace *t, size_t rows, size_t lines)
{
	size_t most = t->options->top ? t->options->top : rows;

	most = rows < most ? rows : most;
	if (lines == SIZE_MAX || most + 1 + (most < rows) <= lines)
		return most;
	return lines > 3 ? lines - 2 : 1;
}

void table_rows(struct trace *t, size_t lines)
{
	size_t *rows, n = rows_choose(t, &rows), shown = rows_that_fit(t, n, lines);
	struct columns c;

	if (!rows) {
		trace_report_failed(t, ENOMEM);
		return;
	}
	choose_columns(t, &c, has_latencies(t, rows, n));
	widen(t, &c, rows, shown);
	print_heading(t, &c);
	for (size_t i = 0; i < shown; i++)
		print_row(t, &c, rows[i]);
	if (shown < n)
		fprintf(t->out, "... and %zu more (--top 0 shows all)\n", n - shown);
	free(rows);
}

/* -- histograms --------------------------------------------------------------------------- */

/* Both ends of a bucket; the last has none. */
static void print_bucket(FILE *out, const struct probe *p, unsigned int b)
{
	char from[STYLE_COUNT], to[STYLE_COUNT];

	fprintf(out, "  %6s - %-6s",
		style_amount(from, p, (double)value_bucket_from(&p->linear, b), 6),
		b + 1 < LATENCY_BUCKETS
			? style_amount(to, p, (double)value_bucket_to(&p->linear, b), 6)
			: "more");
}

/* What no bucket has. */
static void print_below(FILE *out, const struct probe *p, unsigned long long n)
{
	char from[STYLE_COUNT];

	if (n)
		fprintf(out, "  below %-9s %11llu\n",
			p->linear.step ? style_amount(from, p, (double)p->linear.min, 6) : "0", n);
}

/* Linear buckets are fewer; the last one has what is above them. */
static bool is_no_bucket(const struct probe *p, unsigned int b)
{
	const struct trace_linear *l = &p->linear;

	return l->step && b + 1 < LATENCY_BUCKETS &&
	       l->min + (long long)b * (long long)l->step >= l->max;
}

static void print_histogram(const struct trace *t, size_t i)
{
	const struct probe *p = &t->probes.probe[i];
	const union summed_record *r = &t->reader->view[i].total;
	const lk_u64 *buckets =
		p->has_value ? r->value + VALUE_BUCKET0 : r->latency + LATENCY_BUCKET0;
	unsigned int first = 0, last = LATENCY_BUCKETS - 1;
	char name[STYLE_TEXT], whole[STYLE_TEXT];
	lk_u64 most = 1;

	while (first < last && !buckets[first])
		first++;
	while (last > first && !buckets[last])
		last--;
	for (unsigned int b = first; b <= last; b++)
		if (buckets[b] > most)
			most = buckets[b];
	fprintf(t->out, "\n%s%s%s\n", style_bold(t),
		style_text(name, style_probe(t, whole, p), SIZE_MAX), style_plain(t));
	if (p->has_value)
		print_below(t->out, p, r->value[VALUE_BELOW]);
	for (unsigned int b = first; b <= last && buckets[first]; b++) {
		int width = (int)(buckets[b] * BAR / most);

		if (is_no_bucket(p, b))
			continue;
		print_bucket(t->out, p, b);
		fprintf(t->out, " %11llu |%.*s%*s|\n", buckets[b], width,
			"@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", BAR - width, "");
	}
}

void table_histograms(struct trace *t)
{
	size_t *rows, n = rows_choose(t, &rows);
	int shown = 0;

	for (size_t i = 0; i < n && shown < HISTOGRAMS; i++) {
		size_t probe = rows[i];
		struct spread s;

		if (!record_spread(&t->probes.probe[probe], &t->reader->view[probe].total, &s))
			continue;
		print_histogram(t, probe);
		shown++;
	}
	free(rows);
}
