// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* since.c - see trace/session/since.h */
#include <stdlib.h>
#include <string.h>

#include "trace/session/since.h"

static unsigned int words_of(enum trace_table which)
{
	return which == TABLE_CONTEXTS ? CONTEXTS_WORDS : EVENT_WORDS;
}

void record_since(const struct probe *p, const union summed_record *now,
		  const union summed_record *before, union summed_record *more)
{
	enum trace_table which = probe_table(p);
	const lk_u64 *x = (const lk_u64 *)now, *y = (const lk_u64 *)before;

	if (which == TABLE_LATENCIES) {
		latency_since(x, y, more->latency);
		return;
	}
	if (which == TABLE_VALUES) {
		value_since(&p->linear, x, y, more->value);
		return;
	}
	for (unsigned int i = 0; i < words_of(which); i++)
		((lk_u64 *)more)[i] = x[i] - y[i];
	if (which == TABLE_EVENTS) { /* the newest task, not a sum */
		more->event[EVENT_LAST] = now->event[EVENT_LAST];
		more->event[EVENT_CHECK] =
			record_mix(more->event[EVENT_COUNT], more->event[EVENT_LAST]);
	}
}

static void read_all(const struct trace *t, size_t i, struct probe_figures *f)
{
	const struct probe_view *v = &t->reader->view[i];

	*f = (struct probe_figures){probe_view_count(v), v->total, v->other, v->losses};
}

void since_read(const struct trace *t, size_t i, struct probe_figures *f)
{
	const struct probe_figures *before = t->before ? &t->before[i] : NULL;
	const struct probe *p = &t->probes.probe[i];
	struct probe_figures now;

	read_all(t, i, &now);
	*f = now;
	if (!before)
		return;
	f->count = now.count - before->count;
	record_since(p, &now.record, &before->record, &f->record);
	record_since(p, &now.other, &before->other, &f->other);
	for (int cause = 0; cause < LOSS_CAUSES; cause++)
		if (loss_get(&now.losses, cause) != LOSS_UNKNOWN)
			f->losses.by[cause] -= before->losses.by[cause];
}

bool since_remember(struct trace *t)
{
	if (!t->options->delta)
		return true;
	if (!t->before)
		t->before = calloc(t->probes.count + 1, sizeof(*t->before));
	for (size_t i = 0; t->before && i < t->probes.count; i++)
		read_all(t, i, &t->before[i]);
	return t->before;
}

void since_forget(struct trace *t)
{
	free(t->before);
	t->before = NULL;
}
