// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table_keys.c - see trace/report/table_keys.h */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/report/rows.h"
#include "trace/report/style.h"
#include "trace/report/table_keys.h"
#include "trace/session/keys.h"

#define COLUMN_LEAST 6
#define COLUMN_MOST 44 /* of one that is not the last: what is longer loses its middle */
#define BLOCK_LEAST 4 /* lines: heading, a row, what is left out, and one between blocks */

/* One column of a block: a key, or the name of a pid's process. */
struct column {
	enum trace_key key;
	bool process;
	int width;
};

struct columns {
	struct column column[KEYS + 1];
	size_t count;
	bool latencies; /* are there any */
};

static bool is_number(enum trace_key key)
{
	return key == KEY_PID || key == KEY_TID || key == KEY_UID || key == KEY_CPU;
}

static const char *text_of(const struct trace *t, const struct column *c, const struct key_view *v,
			   char *buf)
{
	char whole[STYLE_TEXT];

	if (v->other || (c->process && !v->process))
		return "";
	if (c->key == KEY_PROBE)
		return style_text(buf, style_probe(t, whole, &t->probes.probe[v->probe]), SIZE_MAX);
	if (c->key == KEY_KSTACK || c->key == KEY_USTACK)
		return v->text[c->key]; /* escaped already */
	return style_text(buf, c->process ? v->process : v->text[c->key], SIZE_MAX);
}

static void add_column(struct columns *c, enum trace_key key, bool process)
{
	c->column[c->count++] = (struct column){key, process, COLUMN_LEAST};
}

/* The columns of keys, stacks last; a process that only its number would tell is named. */
static void choose_columns(const struct trace *t, struct columns *c, const struct key_view *v,
			   size_t n)
{
	const struct key_list *keys = &t->options->engine.keys;
	char buf[STYLE_TEXT];

	memset(c, 0, sizeof(*c));
	for (int stacks = 0; stacks < 2; stacks++)
		for (size_t i = 0; i < keys->count; i++) {
			enum trace_key key = keys->key[i];

			if ((key == KEY_KSTACK || key == KEY_USTACK) != stacks)
				continue;
			add_column(c, key, false);
			if ((key == KEY_PID || key == KEY_TID) && !keys_have(keys, KEY_COMM))
				add_column(c, key, true);
		}
	for (size_t i = 0; i < n; i++) {
		c->latencies |= t->probes.probe[v[i].probe].kind == KIND_LATENCY;
		for (size_t j = 0; j < c->count; j++) {
			int width = (int)strlen(text_of(t, &c->column[j], &v[i], buf));

			if (width > c->column[j].width)
				c->column[j].width = width < COLUMN_MOST ? width : COLUMN_MOST;
		}
	}
}

static void print_cell(FILE *out, const struct column *c, const char *text, bool last)
{
	int length = (int)strlen(text), left = (c->width - 2) / 2;

	if (last)
		fprintf(out, "%s", text);
	else if (length > c->width)
		fprintf(out, "%.*s..%s ", left, text, text + length - (c->width - 2 - left));
	else if (is_number(c->key) && !c->process)
		fprintf(out, "%*s ", c->width, text);
	else
		fprintf(out, "%-*s ", c->width, text);
}

static void print_heading(const struct trace *t, const struct columns *c)
{
	fprintf(t->out, "%s%11s %9s ", style_bold(t), "COUNT", "RATE/s");
	if (c->latencies)
		fprintf(t->out, "%8s %8s %8s %8s ", "AVG", "P99<", "MAX", "SUM");
	fputc(' ', t->out);
	for (size_t i = 0; i < c->count; i++) {
		const char *name = c->column[i].process ? "process" : key_name(c->column[i].key);
		char upper[16];

		for (size_t j = 0; j <= strlen(name); j++)
			upper[j] = (char)toupper((unsigned char)name[j]);
		print_cell(t->out, &c->column[i], upper, i + 1 == c->count);
	}
	fprintf(t->out, "%s\n", style_plain(t));
}

static void print_latency(const struct trace *t, const struct key_view *v)
{
	const lk_u64 *r = v->total.latency;
	char average[16], p99[16], max[16], sum[16];

	if (t->probes.probe[v->probe].kind != KIND_LATENCY || !r[LATENCY_COUNT]) {
		fprintf(t->out, "%8s %8s %8s %8s ", "", "", "", "");
		return;
	}
	fprintf(t->out, "%8s %8s %8s %8s ",
		style_duration(average, (double)r[LATENCY_SUM] / (double)r[LATENCY_COUNT]),
		style_duration(p99, (double)latency_percentile(r, 99)),
		style_duration(max, (double)r[LATENCY_MAX]),
		style_duration(sum, (double)r[LATENCY_SUM]));
}

static void print_row(const struct trace *t, const struct columns *c, const struct key_view *v)
{
	unsigned long long ns = t->now_ns - t->last_ns;
	char buf[STYLE_TEXT];

	fprintf(t->out, "%11llu %9.0f ", v->count, ns ? (double)v->delta * 1e9 / (double)ns : 0.0);
	if (c->latencies)
		print_latency(t, v);
	fputc(' ', t->out);
	for (size_t i = 0; i < c->count && !v->other; i++)
		print_cell(t->out, &c->column[i], text_of(t, &c->column[i], v, buf),
			   i + 1 == c->count);
	if (v->other)
		fputs("(other): keys that found no room; --keys makes more", t->out);
	fputc('\n', t->out);
}

/* The keys of a probe, or of all. Returns how many lines were printed. */
static size_t print_block(struct trace *t, size_t probe, size_t lines)
{
	struct key_view *keys;
	struct columns c;
	size_t n, shown;

	trace_report_failed(t, key_views_read(t, probe, &keys, &n));
	if (!n) {
		key_views_free(keys, n);
		return 0;
	}
	choose_columns(t, &c, keys, n);
	shown = t->options->top && t->options->top < n ? t->options->top : n;
	if (lines < SIZE_MAX && shown + BLOCK_LEAST - 1 > lines)
		shown = lines > BLOCK_LEAST ? lines - BLOCK_LEAST + 1 : 1;
	shown = shown < n ? shown : n;
	print_heading(t, &c);
	for (size_t i = 0; i < shown; i++)
		print_row(t, &c, &keys[i]);
	/* Of all that is left out, those without room of their own last: never silently. */
	if (shown < n && keys[n - 1].other)
		print_row(t, &c, &keys[n - 1]);
	if (shown < n)
		fprintf(t->out, "... and %zu more keys (--top 0 shows all)\n", n - shown);
	key_views_free(keys, n);
	return shown + BLOCK_LEAST - 1;
}

void table_keys(struct trace *t, size_t lines)
{
	size_t *rows, n, blocks = 0, most;

	if (keys_have(&t->options->engine.keys, KEY_PROBE)) {
		fputc('\n', t->out);
		print_block(t, SIZE_MAX, lines);
		return;
	}
	n = rows_choose(t, &rows);
	most = t->options->top && t->options->top < n ? t->options->top : n;
	for (size_t i = 0; rows && i < most; i++) {
		char name[STYLE_TEXT], whole[STYLE_TEXT];
		size_t used;

		if (!probe_view_count(&t->reader->view[rows[i]]))
			continue;
		if (blocks++ && lines < BLOCK_LEAST + 1)
			break;
		fprintf(t->out, "\n%s%s%s\n", style_bold(t),
			style_text(name, style_probe(t, whole, &t->probes.probe[rows[i]]),
				   SIZE_MAX),
			style_plain(t));
		used = print_block(t, rows[i], lines) + 1;
		if (lines < SIZE_MAX)
			lines = lines > used ? lines - used : 0;
	}
	free(rows);
}
