// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keys.c - see trace/session/keys.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/session/key_names.h"
#include "trace/session/keys.h"
#include "trace/session/since.h"

/* With --delta: the whole records. */
static bool remember_records(struct key_rows *rows)
{
	if (!rows->before)
		rows->before = calloc(keyed_places(&rows->table), sizeof(*rows->before));
	for (size_t at = 0; rows->before && at < rows->used; at++)
		rows->before[at] = rows->row[at].total;
	return rows->before;
}

bool keys_remember(struct trace *t)
{
	bool complete = true;

	for (int which = 0; which < TABLES; which++) {
		struct key_rows *rows = &t->reader->keyed[which];

		for (size_t at = 0; at < rows->used; at++)
			rows->row[at].previous =
				summed_count((enum trace_table)which, &rows->row[at].total);
		if (t->options->delta && rows->row)
			complete = remember_records(rows) && complete;
	}
	return complete;
}

void keys_forget(struct trace *t)
{
	for (int which = 0; which < TABLES; which++) {
		struct key_rows *rows = &t->reader->keyed[which];

		for (size_t at = 0; at < rows->used; at++)
			rows->row[at].previous = 0;
		free(rows->before);
		rows->before = NULL;
	}
}

/* When the thread, else the process, of a row began; 0: it has none, or is that of idle CPUs. */
static unsigned long long start_of(const struct trace *t, const struct key_row *row)
{
	const struct key_list *keys = &t->options->engine.keys;
	const lk_u64 *of;

	if (!keys_have(keys, KEY_TID) && !keys_have(keys, KEY_PID))
		return 0;
	of = key_part_of(t, row, keys_have(keys, KEY_TID) ? KEY_PART_THREAD : KEY_PART_PROCESS);
	return (unsigned int)of[0] ? of[1] : 0;
}

bool key_view_name(const struct trace *t, const struct key_row *row, struct key_names *n,
		   struct key_view *v)
{
	const struct key_list *keys = &t->options->engine.keys;
	bool complete = true;

	v->ended = n->ended;
	v->start_ns = start_of(t, row);
	if (keys_have(keys, KEY_CGROUP))
		v->cgroup = *key_part_of(t, row, KEY_PART_CGROUP);
	for (size_t i = 0; i < keys->count; i++) {
		v->text[keys->key[i]] = key_text(t, row, n, keys->key[i]);
		complete = complete && v->text[keys->key[i]];
	}
	if (n->process[0])
		v->process = strdup(n->process);
	return complete && (!n->process[0] || v->process);
}

static bool fill(struct trace *t, enum trace_table which, size_t at, struct key_view *v)
{
	const struct key_row *row = &t->reader->keyed[which].row[at];

	*v = (struct key_view){.probe = row->probe, .total = row->total};
	v->count = summed_count(which, &row->total);
	v->delta = v->count - row->previous;
	if (t->reader->keyed[which].before) {
		record_since(&t->probes.probe[row->probe], &row->total,
			     &t->reader->keyed[which].before[at], &v->total);
		v->count = v->delta;
	}
	return key_view_name(t, row, &t->names[which][at], v);
}

static int order_of(unsigned long long x, unsigned long long y)
{
	return x < y ? -1 : x > y;
}

/* When a process began is not shown, but tells two of one number apart. */
static int by_key(const void *a, const void *b)
{
	const struct key_view *x = a, *y = b;
	int order = order_of(x->probe, y->probe);

	for (int i = 0; !order && i < KEYS; i++)
		if (x->text[i] && y->text[i])
			order = strcmp(x->text[i], y->text[i]);
	return order ? order : order_of(x->start_ns, y->start_ns);
}

static void free_view(struct key_view *v)
{
	for (int i = 0; i < KEYS; i++)
		free(v->text[i]);
	free(v->process);
}

/* Add up rows that look the same. Returns how many are left. */
static size_t merge(const struct trace *t, struct key_view *v, size_t n)
{
	size_t kept = 0;

	qsort(v, n, sizeof(*v), by_key);
	for (size_t i = 0; i < n; i++) {
		if (kept && by_key(&v[kept - 1], &v[i]) == 0) {
			struct key_view *into = &v[kept - 1];

			summed_merge(probe_table(&t->probes.probe[v[i].probe]), &into->total,
				     &v[i].total);
			into->count += v[i].count;
			into->delta += v[i].delta;
			into->ended = into->ended && v[i].ended;
			free_view(&v[i]);
		} else {
			v[kept++] = v[i];
		}
	}
	return kept;
}

double key_view_rank(const struct trace *t, const struct key_view *v)
{
	switch (t->options->sort) {
	case SORT_DEFAULT:
	case SORT_COUNT:
		return (double)v->count;
	case SORT_RATE:
		return (double)v->delta;
	default:
		return record_rank(&t->probes.probe[v->probe], &v->total, t->options->sort);
	}
}

static int by_rank(const void *a, const void *b, void *trace)
{
	const struct key_view *x = a, *y = b;
	double of_x = key_view_rank(trace, x), of_y = key_view_rank(trace, y);

	if (x->other != y->other)
		return x->other ? 1 : -1;
	if (of_x < of_y || of_x > of_y)
		return of_x < of_y ? 1 : -1;
	return by_key(a, b);
}

/* Those that found no room: the probe's own record. */
static bool add_other(const struct trace *t, size_t i, struct key_view *v)
{
	const struct probe_view *p = &t->reader->view[i];
	struct probe_figures f;

	since_read(t, i, &f);
	*v = (struct key_view){.probe = i, .other = true, .total = f.other};
	v->count = summed_count(probe_table(&t->probes.probe[i]), &f.other);
	v->delta = summed_count(probe_table(&t->probes.probe[i]), &p->other) - t->previous_other[i];
	return v->count;
}

/* Is the row one of the probe, or of any with SIZE_MAX? What has no events yet is not shown. */
static bool shows(enum trace_table which, const struct key_row *row, size_t probe)
{
	return row->known && (probe == SIZE_MAX || probe == row->probe) &&
	       summed_count(which, &row->total);
}

int key_views_read(struct trace *t, size_t probe, struct key_view **views, size_t *count)
{
	size_t most = t->probes.count, n = 0;
	bool complete = true;

	for (int which = 0; which < TABLES; which++)
		most += t->reader->keyed[which].used;
	*count = 0;
	*views = calloc(most + 1, sizeof(**views));
	for (int which = 0; *views && which < TABLES; which++) {
		const struct key_rows *rows = &t->reader->keyed[which];

		complete = complete && (!rows->used || t->names[which]);
		for (size_t at = 0; t->names[which] && at < rows->used; at++)
			if (shows((enum trace_table)which, &rows->row[at], probe))
				complete = fill(t, (enum trace_table)which, at, &(*views)[n++]) &&
					   complete;
	}
	if (!*views || !complete) {
		key_views_free(*views, n);
		*views = NULL;
		return ENOMEM;
	}
	n = merge(t, *views, n);
	for (size_t i = 0; i < t->probes.count; i++)
		if ((probe == SIZE_MAX || probe == i) && add_other(t, i, &(*views)[n]))
			n++;
	qsort_r(*views, n, sizeof(**views), by_rank, t);
	*count = n;
	return 0;
}

void key_views_drop(struct key_view *views, size_t count)
{
	for (size_t i = 0; views && i < count; i++)
		free_view(&views[i]);
}

void key_views_free(struct key_view *views, size_t count)
{
	key_views_drop(views, count);
	free(views);
}
