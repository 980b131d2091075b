// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keys.c - see trace/report/table/keys.h */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/report/table/key_columns.h"
#include "trace/report/table/order.h"
#include "trace/report/table/rows.h"
#include "trace/report/table/style.h"
#include "trace/report/table/keys.h"
#include "trace/session/since.h"

/*
 * Lines of a block: between blocks, its name, its heading, a row, what is left out, those without
 * room.
 */
#define BLOCK_LEAST 6
#define BLOCK_HEAD 3 /* of them, before the rows */

/* The keys of a probe, or of all. */
struct block {
	size_t probe; /* its index; SIZE_MAX: of all */
	struct key_view *keys;
	size_t count;
	size_t lines; /* that it may take; SIZE_MAX: any number */
};

/* -- which rows, and in which order ------------------------------------------------------- */

/* The same number for a key each time: FNV-1a of what is shown of it. */
static uint64_t id_of(const struct key_view *v)
{
	uint64_t id = 0xcbf29ce484222325ULL ^ v->probe ^ v->start_ns << 16;

	for (int i = 0; i < KEYS; i++)
		for (const char *c = v->text[i]; c && *c; c++)
			id = (id ^ (unsigned char)*c) * 0x100000001b3ULL;
	return id;
}

/* Where rows are redrawn, they stay where they were. What has no room of its own stays last. */
static void settle(struct trace *t, struct block *b)
{
	struct row_order *before =
		order_of(t, b->probe == SIZE_MAX ? ORDER_KEYS : ORDER_KEYS_OF + b->probe);
	size_t n = 0;
	struct ordered *rows = before ? calloc(b->count + 1, sizeof(*rows)) : NULL;
	struct key_view *sorted = rows ? calloc(b->count + 1, sizeof(*sorted)) : NULL;

	for (; sorted && n < b->count && !b->keys[n].other; n++)
		rows[n] = (struct ordered){id_of(&b->keys[n]), key_view_rank(t, &b->keys[n]), n};
	if (sorted) {
		order_settle(rows, n, before);
		for (size_t i = 0; i < n; i++)
			sorted[i] = b->keys[rows[i].index];
		memcpy(b->keys, sorted, n * sizeof(*sorted));
	}
	free(sorted);
	free(rows);
}

/* With --delta: leave out what the interval did not add to. */
static void leave_out_still(const struct trace *t, struct block *b)
{
	size_t kept = 0;

	if (!t->before)
		return;
	for (size_t i = 0; i < b->count; i++) {
		struct key_view v = b->keys[i];

		if (v.count) { /* the others stay at the end, to be freed */
			memmove(b->keys + kept + 1, b->keys + kept, (i - kept) * sizeof(v));
			b->keys[kept++] = v;
		}
	}
	key_views_drop(b->keys + kept, b->count - kept);
	b->count = kept;
}

static void block_read(struct trace *t, struct block *b, size_t probe)
{
	b->probe = probe;
	b->lines = SIZE_MAX;
	trace_report_failed(t, key_views_read(t, probe, &b->keys, &b->count));
	leave_out_still(t, b);
	settle(t, b);
}

/* -- how many lines for whom -------------------------------------------------------------- */

/* How many rows of the block --top lets through. */
static size_t wanted(const struct trace *t, const struct block *b)
{
	size_t top = t->options->top;

	return top && top < b->count ? top : b->count;
}

/* Lines of a block that shows so many rows. */
static size_t lines_with(const struct block *b, size_t rows)
{
	size_t lines = BLOCK_HEAD + rows;

	if (rows < b->count) /* that they are left out; of them, those without room are not */
		lines += 1 + b->keys[b->count - 1].other;
	return lines;
}

static size_t rows_in(const struct trace *t, const struct block *b)
{
	size_t rows = wanted(t, b);

	while (b->lines != SIZE_MAX && rows > 1 && lines_with(b, rows) > b->lines)
		rows--;
	return rows;
}

/* Share the lines: who needs less than an equal part leaves the rest to the others. */
static void share(const struct trace *t, struct block *blocks, size_t count, size_t lines)
{
	size_t open = count;

	for (size_t i = 0; i < count; i++)
		blocks[i].lines = 0;
	for (bool changed = true; changed && open;) {
		size_t part = lines / open;

		changed = false;
		for (size_t i = 0; i < count; i++) {
			size_t need = lines_with(&blocks[i], wanted(t, &blocks[i]));

			if (blocks[i].lines || need > part)
				continue;
			blocks[i].lines = need;
			lines -= need;
			open--;
			changed = true;
		}
	}
	for (size_t i = 0; i < count; i++)
		if (!blocks[i].lines) {
			blocks[i].lines = lines / open;
			lines -= blocks[i].lines;
			open--;
		}
}

/* -- printing ----------------------------------------------------------------------------- */

static void print_rest(const struct trace *t, const struct block *b, size_t shown)
{
	unsigned long long events = 0;
	size_t end = b->count - b->keys[b->count - 1].other;

	for (size_t i = shown; i < end; i++)
		events += b->keys[i].count;
	if (shown < end)
		fprintf(t->out, "... and %zu more keys with %llu events (--top 0 shows all)\n",
			end - shown, events);
}

static void print_block(const struct trace *t, const struct block *b, bool frames)
{
	size_t shown = rows_in(t, b);
	struct key_columns c;
	char name[STYLE_TEXT], whole[STYLE_TEXT];

	if (b->probe != SIZE_MAX)
		fprintf(t->out, "\n%s%s%s\n", style_bold(t),
			style_text(name, style_probe(t, whole, &t->probes.probe[b->probe]),
				   SIZE_MAX),
			style_plain(t));
	else
		fputc('\n', t->out);
	if (!b->count)
		return;
	/* Columns are for the rows that are seen. */
	key_columns_choose(t, &c, b->keys, shown, frames);
	key_columns_heading(t, &c);
	for (size_t i = 0; i < shown; i++)
		key_columns_print(t, &c, &b->keys[i]);
	if (shown < b->count) {
		if (b->keys[b->count - 1].other)
			key_columns_print(t, &c, &b->keys[b->count - 1]);
		print_rest(t, b, shown);
	}
}

/* Read the blocks of the probes that were hit. Returns how many; *left: how many more there are. */
static size_t read_blocks(struct trace *t, struct block *blocks, const size_t *probes, size_t n,
			  size_t most, size_t *left)
{
	size_t count = 0;

	*left = 0;
	for (size_t i = 0; i < n; i++) {
		struct probe_figures f;

		since_read(t, probes[i], &f);
		if (!f.count)
			continue;
		if (count < most)
			block_read(t, &blocks[count++], probes[i]);
		else
			++*left;
	}
	return count;
}

static void print_blocks(struct trace *t, size_t lines, bool frames, const size_t *probes, size_t n)
{
	struct block *blocks = calloc(n + 1, sizeof(*blocks));
	size_t most = t->options->top ? t->options->top : n, count, left;

	if (!blocks) {
		trace_report_failed(t, ENOMEM);
		return;
	}
	if (lines != SIZE_MAX && most > (lines - 1) / BLOCK_LEAST)
		most = lines - 1 < BLOCK_LEAST ? 1 : (lines - 1) / BLOCK_LEAST;
	count = read_blocks(t, blocks, probes, n, most, &left);
	if (lines != SIZE_MAX)
		share(t, blocks, count, lines - (left != 0));
	for (size_t i = 0; i < count; i++) {
		print_block(t, &blocks[i], frames);
		key_views_free(blocks[i].keys, blocks[i].count);
	}
	if (left)
		fprintf(t->out, "... and %zu more probes (--top 0 shows all)\n", left);
	free(blocks);
}

void table_keys(struct trace *t, size_t lines, bool frames)
{
	size_t *rows, n;
	struct block all;

	if (keys_have(&t->options->engine.keys, KEY_PROBE)) {
		block_read(t, &all, SIZE_MAX);
		all.lines = lines;
		print_block(t, &all, frames);
		key_views_free(all.keys, all.count);
		return;
	}
	n = rows_choose(t, &rows);
	if (rows)
		print_blocks(t, lines, frames, rows, n);
	else
		trace_report_failed(t, ENOMEM);
	free(rows);
}
