// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* key_columns.c - see trace/report/table/key_columns.h */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/report/table/key_columns.h"
#include "trace/report/table/screen.h"
#include "trace/report/table/style.h"

#define COLUMN_LEAST 6 /* a heading fits */
#define TEXT_LEAST 12 /* of a name, before columns of figures go */
#define COLUMN_MOST 66 /* of one that is not the last, in a pipe: a string is whole */
#define FRAMES_AT 16 /* columns before a frame */

static bool is_number(const struct key_column *c)
{
	return !c->process &&
	       (c->key == KEY_PID || c->key == KEY_TID || c->key == KEY_UID || c->key == KEY_CPU);
}

static bool is_stack(enum trace_key key)
{
	return key == KEY_KSTACK || key == KEY_USTACK;
}

/* "a;b;c" as "c < b < a", escaped as it is, cut at the end. */
static const char *innermost_first(char *buf, const char *folded)
{
	const char *end = folded + strlen(folded);
	size_t used = 0;

	buf[0] = '\0';
	while (end > folded && used + 8 < STYLE_TEXT) {
		const char *from = end;
		int n;

		while (from > folded && from[-1] != ';')
			from--;
		n = snprintf(buf + used, STYLE_TEXT - used, "%s%.*s", used ? " < " : "",
			     (int)(end - from), from);
		used += (size_t)n;
		end = from > folded ? from - 1 : folded;
	}
	return buf;
}

static const char *text_of(const struct trace *t, const struct key_column *c,
			   const struct key_view *v, char *buf)
{
	char whole[STYLE_TEXT];

	if (v->other || (c->process && !v->process))
		return "";
	if (c->key == KEY_PROBE)
		return style_text(buf, style_probe(t, whole, &t->probes.probe[v->probe]), SIZE_MAX);
	if (is_stack(c->key))
		return innermost_first(buf, v->text[c->key]);
	return style_name(buf, c->process ? v->process : v->text[c->key], SIZE_MAX);
}

static int title_width(const struct key_list *keys, enum trace_key key)
{
	int width = (int)strlen(key_title(keys, key));

	return width > COLUMN_LEAST ? width : COLUMN_LEAST;
}

/* The columns of keys, stacks last; a process that only its number would tell is named. */
static void add_columns(const struct trace *t, struct key_columns *c)
{
	const struct key_list *keys = &t->options->engine.keys;

	for (int stacks = 0; stacks < (c->frames ? 1 : 2); stacks++)
		for (size_t i = 0; i < keys->count; i++) {
			enum trace_key key = keys->key[i];

			if (is_stack(key) != stacks)
				continue;
			c->column[c->count++] =
				(struct key_column){key, false, title_width(keys, key)};
			if ((key == KEY_PID || key == KEY_TID) && !keys_have(keys, KEY_COMM))
				c->column[c->count++] = (struct key_column){key, true, TEXT_LEAST};
		}
}

/* As wide as what is in them. */
static void measure(const struct trace *t, struct key_columns *c, const struct key_view *v,
		    size_t count)
{
	char buf[STYLE_TEXT];

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < c->count; j++) {
			int width = (int)style_width(text_of(t, &c->column[j], &v[i], buf));

			if (width > c->column[j].width)
				c->column[j].width = width;
		}
}

/* How many columns of the terminal they take when no text is wider than `most`. */
static size_t width_of(const struct key_columns *c, int most)
{
	size_t sum = c->count ? c->count - 1 : 0;

	for (size_t i = 0; i < c->count; i++)
		sum += (size_t)(is_number(&c->column[i]) || c->column[i].width < most
					? c->column[i].width
					: most);
	return sum;
}

static void narrow(struct key_columns *c, size_t room)
{
	int most = COLUMN_LEAST;

	while (most < STYLE_TEXT && width_of(c, most + 1) <= room)
		most++;
	for (size_t i = 0; i < c->count; i++)
		if (!is_number(&c->column[i]) && c->column[i].width > most)
			c->column[i].width = most;
}

void key_columns_choose(const struct trace *t, struct key_columns *c, const struct key_view *v,
			size_t count, bool frames)
{
	size_t columns = screen_size(t).columns, least, used;
	bool latencies = false;

	*c = (struct key_columns){.frames = frames};
	add_columns(t, c);
	measure(t, c, v, count);
	for (size_t i = 0; i < count; i++)
		latencies |= figures_has(&t->probes.probe[v[i].probe]);
	if (columns == SIZE_MAX) {
		figures_choose(t, &c->figures, SIZE_MAX, latencies);
		for (size_t i = 0; i + 1 < c->count; i++)
			if (c->column[i].width > COLUMN_MOST)
				c->column[i].width = COLUMN_MOST;
		return;
	}
	least = width_of(c, TEXT_LEAST);
	used = figures_choose(t, &c->figures, columns > least ? columns - least : 0, latencies);
	narrow(c, columns > used ? columns - used : 0);
}

static void print_cell(const struct trace *t, const struct key_columns *c, size_t i,
		       const char *text)
{
	const struct key_column *column = &c->column[i];
	bool limited = screen_size(t).columns != SIZE_MAX, last = i + 1 == c->count;

	if (last && !limited)
		fputs(text, t->out);
	else if (is_stack(column->key)) /* what matters is where it begins */
		style_cut(t->out, text, (size_t)column->width);
	else
		style_cell(t->out, text, column->width,
			   is_number(column) ? STYLE_RIGHT
			   : last	     ? STYLE_BARE
					     : STYLE_LEFT);
	if (is_stack(column->key) && !last && style_width(text) < (size_t)column->width)
		fprintf(t->out, "%*s", column->width - (int)style_width(text), "");
	if (!last)
		fputc(' ', t->out);
}

void key_columns_heading(const struct trace *t, const struct key_columns *c)
{
	fputs(style_bold(t), t->out);
	figures_heading(t, &c->figures);
	for (size_t i = 0; i < c->count; i++) {
		const char *name = c->column[i].process
					   ? "process"
					   : key_title(&t->options->engine.keys, c->column[i].key);
		bool is_expr = c->column[i].key >= KEY_EXPR;
		char upper[KEY_EXPR_TEXT];

		for (size_t j = 0; j <= strlen(name); j++)
			upper[j] = is_expr ? name[j] : (char)toupper((unsigned char)name[j]);
		print_cell(t, c, i, upper);
	}
	fprintf(t->out, "%s\n", style_plain(t));
}

void key_columns_frames(FILE *out, const char *folded)
{
	const char *end = folded ? folded + strlen(folded) : NULL;

	if (!folded || strcmp(folded, "[none]") == 0)
		return;
	while (end > folded) {
		const char *from = end;

		while (from > folded && from[-1] != ';')
			from--;
		fprintf(out, "%*s%.*s\n", FRAMES_AT, "", (int)(end - from), from);
		end = from > folded ? from - 1 : folded;
	}
}

void key_columns_print(const struct trace *t, const struct key_columns *c, const struct key_view *v)
{
	unsigned long long ns = t->now_ns - t->last_ns;
	char buf[STYLE_TEXT];

	figures_print(t, &c->figures, v->count, ns ? (double)v->delta * 1e9 / (double)ns : 0.0,
		      &t->probes.probe[v->probe], &v->total);
	for (size_t i = 0; i < c->count && !v->other; i++)
		print_cell(t, c, i, text_of(t, &c->column[i], v, buf));
	if (v->other)
		fputs(STYLE_OTHER, t->out);
	fputc('\n', t->out);
	if (c->frames && !v->other) {
		key_columns_frames(t->out, v->text[KEY_KSTACK]);
		key_columns_frames(t->out, v->text[KEY_USTACK]);
	}
}
