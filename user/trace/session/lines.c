// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lines.c - see trace/session/lines.h */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "trace/session/key_names.h"
#include "trace/session/lines.h"

/* An event is shown when it is so old: others of other CPUs, which are older, have come then. */
#define SETTLE_NS 5000000

struct line {
	struct trace_line head;
	lk_u64 key[KEYED_MAX_KEY_WORDS];
};

struct lines {
	struct ring_buffer *ring;
	size_t *probe; /* the index of the probe of each column */
	size_t columns;
	struct line *line; /* that have come, and are not shown yet */
	size_t count, room;
	unsigned long long *next; /* of each CPU: the number after the highest that has come */
	unsigned int cpus;
	unsigned long long shown;
	bool no_memory;
};

static bool make_room(struct lines *l)
{
	size_t room = l->room ? l->room * 2 : 1024;
	struct line *more;

	if (l->count < l->room)
		return true;
	more = realloc(l->line, room * sizeof(*more));
	if (!more)
		return false;
	l->line = more;
	l->room = room;
	return true;
}

static int on_line(void *arg, void *data, size_t size)
{
	struct lines *l = arg;
	const struct line *line = data;

	if (size < sizeof(line->head) || size > sizeof(*line) || line->head.cpu >= l->cpus ||
	    line->head.column >= l->columns)
		return 0;
	if (!make_room(l)) {
		l->no_memory = true;
		return 0;
	}
	memset(&l->line[l->count], 0, sizeof(*line)); /* of the key only the words that it has */
	memcpy(&l->line[l->count++], line, size);
	if (line->head.number >= l->next[line->head.cpu])
		l->next[line->head.cpu] = line->head.number + 1;
	return 0;
}

static bool index_probes(struct lines *l, const struct trace *t)
{
	l->columns = t->probes.count;
	l->cpus = (unsigned int)t->engine->cpus;
	l->probe = calloc(l->columns + 1, sizeof(*l->probe));
	l->next = calloc(l->cpus, sizeof(*l->next));
	for (size_t i = 0; l->probe && i < t->probes.count; i++)
		l->probe[engine_loss_column(t->engine, &t->probes.probe[i])] = i;
	return l->probe && l->next;
}

struct lines *lines__new(const struct trace *t)
{
	struct lines *l = calloc(1, sizeof(*l));

	if (!l || !index_probes(l, t)) {
		fail("trace: out of memory");
		lines__free(l);
		return NULL;
	}
	l->ring = ring_buffer__new(engine_map_fd(t->engine, "lines"), on_line, l, NULL);
	if (l->ring)
		return l;
	fail("trace: cannot read the buffer of events: %s", error_text(errno));
	lines__free(l);
	return NULL;
}

void lines__free(struct lines *l)
{
	if (!l)
		return;
	ring_buffer__free(l->ring);
	free(l->probe);
	free(l->line);
	free(l->next);
	free(l);
}

static int by_time(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->head.time_ns != y->head.time_ns)
		return x->head.time_ns < y->head.time_ns ? -1 : 1;
	if (x->head.cpu != y->head.cpu)
		return x->head.cpu < y->head.cpu ? -1 : 1;
	return x->head.number < y->head.number ? -1 : x->head.number > y->head.number;
}

typedef void (*show_fn)(struct trace *t, const struct line_view *v);

static void view(struct trace *t, const struct line *line, show_fn show)
{
	struct line_view v = {
		.time_ns = line->head.time_ns,
		.cpu = line->head.cpu,
		.number = line->head.number,
		.figure = line->head.figure,
		.key.probe = t->lines->probe[line->head.column],
	};
	struct key_row row = {.known = true, .probe = v.key.probe};
	struct key_names names = {0};

	memcpy(row.key, line->key, sizeof(row.key));
	key_names_look(t, &row, &names);
	if (key_view_name(t, &row, &names, &v.key))
		show(t, &v);
	else
		trace_report_failed(t, ENOMEM);
	t->lines->shown++;
	key_views_drop(&v.key, 1);
	key_names_free(&names);
}

void lines_serve(struct trace *t, bool all, show_fn show)
{
	struct lines *l = t->lines;
	unsigned long long until_ns = all ? ~0ULL : clock_now_ns() - SETTLE_NS;
	size_t n = 0;

	ring_buffer__consume(l->ring);
	if (l->no_memory)
		trace_report_failed(t, ENOMEM);
	qsort(l->line, l->count, sizeof(*l->line), by_time);
	while (n < l->count && l->line[n].head.time_ns < until_ns && !t->write_errno)
		view(t, &l->line[n++], show);
	l->count -= n;
	if (n)
		memmove(l->line, l->line + n, l->count * sizeof(*l->line));
}

unsigned long long lines_shown(const struct lines *l)
{
	return l->shown;
}

unsigned long long lines_missing(const struct lines *l)
{
	unsigned long long made = 0;

	for (unsigned int cpu = 0; cpu < l->cpus; cpu++)
		made += l->next[cpu];
	return made - l->shown - l->count;
}
