// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* activity.c - see trace/session/activity.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/session/activity.h"

/* Who was in a place when that was last looked up. */
struct activity_name {
	char process[17]; /* "": not known */
	bool ended;
};

bool activity_is_counted(const struct trace *t)
{
	return t->reader && t->reader->activity.row;
}

static void look_at(const struct trace *t, const struct activity_row *row, struct activity_name *n)
{
	struct process leader;

	/* Idle CPUs: no process, so that the registry does not know them. */
	if (!(unsigned int)row->key[0])
		strcpy(n->process, "swapper");
	if (n->ended || !trace_process(t, (unsigned int)row->key[0], row->key[1], &leader))
		return;
	memcpy(n->process, leader.name, sizeof(leader.name));
	n->ended = leader.end_ns != 0;
}

void activity_look(struct trace *t)
{
	const struct activity_rows *rows = &t->reader->activity;

	if (!rows->row)
		return;
	if (!t->activity_names)
		t->activity_names = calloc(keyed_places(&rows->table), sizeof(*t->activity_names));
	for (size_t at = 0; t->activity_names && at < rows->used; at++)
		if (rows->row[at].known)
			look_at(t, &rows->row[at], &t->activity_names[at]);
}

void activity_remember(struct trace *t)
{
	struct activity_rows *rows = &t->reader->activity;

	for (size_t at = 0; at < rows->used; at++)
		memcpy(rows->row[at].before, rows->row[at].record, sizeof(rows->row[at].before));
	memcpy(rows->rest.before, rows->rest.record, sizeof(rows->rest.before));
}

void activity_forget(struct trace *t)
{
	struct activity_rows *rows = &t->reader->activity;

	for (size_t at = 0; at < rows->used; at++)
		memset(rows->row[at].before, 0, sizeof(rows->row[at].before));
	memset(rows->rest.before, 0, sizeof(rows->rest.before));
}

void activity_free(struct trace *t)
{
	free(t->activity_names);
	t->activity_names = NULL;
}

static void fill(const struct trace *t, const struct activity_row *row, struct activity_view *v)
{
	*v = (struct activity_view){
		.pid = (unsigned int)row->key[0],
		.start_ns = (unsigned int)row->key[0] ? row->key[1] : 0,
		.grown = row->record[ACTIVITY_TOTAL] > row->before[ACTIVITY_TOTAL],
	};
	for (int i = 0; i < ACTIVITY_WORDS; i++)
		v->record[i] = row->record[i] - (t->options->delta ? row->before[i] : 0);
}

static int by_process(const void *a, const void *b)
{
	const struct activity_view *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->start_ns < y->start_ns ? -1 : x->start_ns > y->start_ns;
}

/* Add up places of one process. Returns how many are left. */
static size_t merge(struct activity_view *v, size_t n)
{
	size_t kept = 0;

	qsort(v, n, sizeof(*v), by_process);
	for (size_t i = 0; i < n; i++) {
		if (!kept || by_process(&v[kept - 1], &v[i]) != 0) {
			v[kept++] = v[i];
			continue;
		}
		activity_merge(v[kept - 1].record, v[i].record);
		v[kept - 1].grown |= v[i].grown;
	}
	return kept;
}

double activity_rank(const struct activity_view *v)
{
	double rank = (double)v->record[ACTIVITY_SAMPLES] +
		      (double)v->record[ACTIVITY_SYSCALLS] * 1e-9 +
		      (double)v->record[ACTIVITY_SWITCHES] * 1e-12;

	if (v->other)
		return -2;
	return v->pid ? rank : -1;
}

static int by_rank(const void *a, const void *b)
{
	double x = activity_rank(a), y = activity_rank(b);

	return x < y ? 1 : x > y ? -1 : by_process(a, b);
}

int activity_read(const struct trace *t, struct activity_view **views, size_t *count)
{
	const struct activity_rows *rows = &t->reader->activity;
	size_t n = 0;

	*count = 0;
	*views = calloc(rows->used + 2, sizeof(**views));
	if (!*views)
		return ENOMEM;
	for (size_t at = 0; at < rows->used; at++) {
		struct activity_view *v = &(*views)[n];

		if (!rows->row[at].known)
			continue;
		fill(t, &rows->row[at], v);
		if (t->activity_names) {
			memcpy(v->process, t->activity_names[at].process, sizeof(v->process));
			v->ended = t->activity_names[at].ended;
		}
		n += v->record[ACTIVITY_TOTAL] != 0;
	}
	n = merge(*views, n);
	fill(t, &rows->rest, &(*views)[n]);
	(*views)[n].other = true;
	n += (*views)[n].record[ACTIVITY_TOTAL] != 0;
	qsort(*views, n, sizeof(**views), by_rank);
	*count = n;
	return 0;
}
