// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keys.c - see trace/session/keys.h */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/session/keys.h"
#include "trace/session/since.h"
#include "trace/session/stacks.h"

/* What the numbers of a place's key stood for when they were last looked up. */
struct key_names {
	char process[17]; /* "": not known */
	bool ended;
	char *cgroup; /* its path, or NULL: not known */
	char *text[KEYS]; /* of addresses, once they were asked for */
};

static const lk_u64 *part(const struct trace *t, const struct key_row *row, enum key_part part)
{
	return row->key + key_part_at(t->options->engine.keys.by, part);
}

static bool has(const struct trace *t, enum trace_key key)
{
	return keys_have(&t->options->engine.keys, key);
}

/*
 * -- what may be forgotten soon -----------------------------------------------------------------
 */

static void look_at_process(const struct trace *t, const struct key_row *row, struct key_names *n)
{
	const lk_u64 *of = part(t, row, has(t, KEY_PID) ? KEY_PART_PROCESS : KEY_PART_THREAD);
	struct process thread, leader;

	if (n->ended || !trace_process(t, (unsigned int)of[0], of[1], &thread) ||
	    !trace_process(t, thread.tgid, thread.leader_start_ns, &leader))
		return;
	memcpy(n->process, leader.name, sizeof(leader.name));
	n->ended = leader.end_ns != 0;
}

static void look_at_cgroup(const struct trace *t, const struct key_row *row, struct key_names *n)
{
	char path[PATH_MAX];

	if (!n->cgroup && trace_cgroup(t, *part(t, row, KEY_PART_CGROUP), path, sizeof(path)))
		n->cgroup = strdup(path); /* else it is tried again */
}

void keys_look(struct trace *t)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct key_rows *rows = &t->reader->keyed[kind];

		if (rows->row && !t->names[kind])
			t->names[kind] = calloc(keyed_places(&rows->table), sizeof(**t->names));
		for (size_t at = 0; t->names[kind] && at < rows->used; at++) {
			if (!rows->row[at].known)
				continue;
			if (has(t, KEY_PID) || has(t, KEY_TID))
				look_at_process(t, &rows->row[at], &t->names[kind][at]);
			if (has(t, KEY_CGROUP))
				look_at_cgroup(t, &rows->row[at], &t->names[kind][at]);
		}
	}
}

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

	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct key_rows *rows = &t->reader->keyed[kind];

		for (size_t at = 0; at < rows->used; at++)
			rows->row[at].previous =
				summed_count((enum probe_kind)kind, &rows->row[at].total);
		if (t->options->delta && rows->row)
			complete = remember_records(rows) && complete;
	}
	return complete;
}

void keys_forget(struct trace *t)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct key_rows *rows = &t->reader->keyed[kind];

		for (size_t at = 0; at < rows->used; at++)
			rows->row[at].previous = 0;
		free(rows->before);
		rows->before = NULL;
	}
}

static void free_texts(char *text[KEYS])
{
	for (int i = 0; i < KEYS; i++)
		free(text[i]);
}

void keys_free(struct trace *t)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		for (size_t at = 0; t->names[kind] && at < t->reader->keyed[kind].used; at++) {
			free(t->names[kind][at].cgroup);
			free_texts(t->names[kind][at].text);
		}
		free(t->names[kind]);
		t->names[kind] = NULL;
	}
}

/*
 * -- texts --------------------------------------------------------------------------------------
 */

static struct trace_stack_key addresses_of(const struct trace *t, const struct key_row *row)
{
	const lk_u64 *process = part(t, row, KEY_PART_PROCESS);
	const lk_u64 *stacks = part(t, row, KEY_PART_STACKS);
	struct trace_stack_key key = {.kernel_stack = -1, .user_stack = -1};

	if (has(t, KEY_USTACK) || has(t, KEY_FUNC)) {
		key.tgid = (unsigned int)process[0];
		key.program = (unsigned int)(process[0] >> 32);
		key.start_ns = process[1];
	}
	if (has(t, KEY_KSTACK))
		key.kernel_stack = (int)(unsigned int)stacks[0];
	if (has(t, KEY_USTACK))
		key.user_stack = (int)(unsigned int)(stacks[0] >> 32);
	return key;
}

/* The function at an address: of the kernel as in folded stacks, with _[k]. */
static char *function_text(const struct trace *t, const struct key_row *row)
{
	struct trace_stack_key key = addresses_of(t, row);
	struct usyms_program program = {key.tgid, key.program, key.start_ns};
	unsigned long long ip = *part(t, row, KEY_PART_IP), offset;
	const char *name;
	char buf[1024], *text = NULL;

	if ((long long)ip > 0) {
		usyms__name(t->usyms, &program, ip, !t->options->raw_symbols, buf, sizeof(buf));
		return strdup(buf);
	}
	name = t->ksyms ? ksyms__name(t->ksyms, ip, (uint64_t *)&offset) : NULL;
	return asprintf(&text, "%s_[k]", name ? name : "[kernel]") < 0 ? NULL : text;
}

/* One stack, without its first semicolon; why there is none in brackets. */
static char *stack_text(const struct trace *t, const struct key_row *row, bool user)
{
	struct trace_stack_key key = addresses_of(t, row);
	const struct key_list *keys = &t->options->engine.keys;
	int id = user ? key.user_stack : key.kernel_stack;
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		return NULL;
	if (id == -EEXIST || id == -ENOMEM)
		fputs(";[lost]", to);
	else if (user)
		stack_print_user(t, &key, keys->ustack_frames, to);
	else
		stack_print_kernel(t, &key, keys->kstack_frames, to);
	if (ftell(to) == 0)
		fputs(";[none]", to);
	if (fclose(to)) {
		free(text);
		return NULL;
	}
	memmove(text, text + 1, length);
	return text;
}

static char *number_text(unsigned long long number)
{
	char *text;

	return asprintf(&text, "%llu", number) < 0 ? NULL : text;
}

static char *cgroup_text(const struct trace *t, const struct key_row *row,
			 const struct key_names *n)
{
	return n->cgroup ? strdup(n->cgroup) : number_text(*part(t, row, KEY_PART_CGROUP));
}

/* Texts of addresses stay: what they mean was noted when they were first seen. */
static char *address_text(const struct trace *t, const struct key_row *row, struct key_names *n,
			  enum trace_key key)
{
	if (!n->text[key])
		n->text[key] = key == KEY_FUNC ? function_text(t, row)
					       : stack_text(t, row, key == KEY_USTACK);
	return n->text[key] ? strdup(n->text[key]) : NULL;
}

static char *text_of(const struct trace *t, const struct key_row *row, struct key_names *n,
		     enum trace_key key)
{
	unsigned long long small = *part(t, row, KEY_PART_SMALL);

	switch (key) {
	case KEY_COMM:
		return strndup((const char *)part(t, row, KEY_PART_COMM), 16);
	case KEY_PID:
		return number_text((unsigned int)*part(t, row, KEY_PART_PROCESS));
	case KEY_TID:
		return number_text(*part(t, row, KEY_PART_THREAD));
	case KEY_UID:
		return number_text(small >> 32);
	case KEY_CPU:
		return number_text(small >> 16 & 0xffff);
	case KEY_CGROUP:
		return cgroup_text(t, row, n);
	case KEY_PROBE:
		return strdup(t->probes.probe[row->probe].name);
	default:
		return address_text(t, row, n, key);
	}
}

/*
 * -- rows ---------------------------------------------------------------------------------------
 */

static bool fill(struct trace *t, enum probe_kind kind, size_t at, struct key_view *v)
{
	const struct key_list *keys = &t->options->engine.keys;
	const struct key_row *row = &t->reader->keyed[kind].row[at];
	struct key_names *n = &t->names[kind][at];
	bool complete = true;

	*v = (struct key_view){.probe = row->probe, .total = row->total, .ended = n->ended};
	v->count = summed_count(kind, &row->total);
	v->delta = v->count - row->previous;
	if (t->reader->keyed[kind].before) {
		record_since(kind, &row->total, &t->reader->keyed[kind].before[at], &v->total);
		v->count = v->delta;
	}
	if (has(t, KEY_PID))
		v->start_ns = part(t, row, KEY_PART_PROCESS)[1];
	if (has(t, KEY_CGROUP))
		v->cgroup = *part(t, row, KEY_PART_CGROUP);
	if (has(t, KEY_TID))
		v->start_ns = part(t, row, KEY_PART_THREAD)[1];
	for (size_t i = 0; i < keys->count; i++) {
		v->text[keys->key[i]] = text_of(t, row, n, keys->key[i]);
		complete = complete && v->text[keys->key[i]];
	}
	if (n->process[0])
		v->process = strdup(n->process);
	return complete && (!n->process[0] || v->process);
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
	free_texts(v->text);
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

			summed_merge(t->probes.probe[v[i].probe].kind, &into->total, &v[i].total);
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
		if (t->probes.probe[v->probe].kind != KIND_LATENCY)
			return -1;
		return latency_rank(v->total.latency, t->options->sort);
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
	v->count = summed_count(t->probes.probe[i].kind, &f.other);
	v->delta = summed_count(t->probes.probe[i].kind, &p->other) - t->previous_other[i];
	return v->count;
}

int key_views_read(struct trace *t, size_t probe, struct key_view **views, size_t *count)
{
	size_t most = t->probes.count, n = 0;
	bool complete = true;

	for (int kind = 0; kind < KIND_COUNT; kind++)
		most += t->reader->keyed[kind].used;
	*count = 0;
	*views = calloc(most + 1, sizeof(**views));
	for (int kind = 0; *views && kind < KIND_COUNT; kind++) {
		const struct key_rows *rows = &t->reader->keyed[kind];

		for (size_t at = 0; t->names[kind] && at < rows->used; at++)
			if (rows->row[at].known &&
			    (probe == SIZE_MAX || probe == rows->row[at].probe))
				complete = fill(t, (enum probe_kind)kind, at, &(*views)[n++]) &&
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
