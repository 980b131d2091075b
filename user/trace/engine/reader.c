// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* reader.c - see trace/engine/reader.h. */
#include <stdlib.h>
#include <string.h>

#include "bpf/trace/shared.h"
#include "cli/diag.h"
#include "trace/engine/engine.h"
#include "trace/engine/reader.h"
#include "trace/engine/swap.h"

/* Give up on a record after this many tries: a reader must not hang on a dead writer. */
#define READ_TRIES 1000

/* A kind of record that is summed over CPUs. */
struct summed_kind {
	unsigned int words;
	latch_merge_fn *merge;
	int (*consistent)(const lk_u64 *record);
};

static const struct summed_kind summed[TABLES] = {
	[TABLE_EVENTS] = {EVENT_WORDS, event_merge, event_consistent},
	[TABLE_LATENCIES] = {LATENCY_WORDS, latency_merge, latency_consistent},
	[TABLE_CONTEXTS] = {CONTEXTS_WORDS, contexts_merge, contexts_consistent},
	[TABLE_VALUES] = {VALUE_WORDS, value_merge, value_consistent},
};

/* Of lhist(): other buckets. */
static const struct summed_kind summed_linear = {VALUE_WORDS, value_merge, value_linear_consistent};

static const struct summed_kind *kind_of(const struct probe *p)
{
	return p->has_value && p->linear.step ? &summed_linear : &summed[probe_table(p)];
}

struct reader *reader__new(const struct engine *engine, const struct attachments *attachments)
{
	struct reader *r = calloc(1, sizeof(*r));
	size_t samples = (size_t)engine->cpus * engine->probes->kinds[KIND_SAMPLE];
	bool keyed = true;

	if (r) {
		r->engine = engine;
		r->attachments = attachments;
		r->view = calloc(engine->probes->count + 1, sizeof(*r->view));
		r->samples = calloc(samples + 1, sizeof(*r->samples));
	}
	for (int which = 0; r && which < TABLES; which++)
		keyed = key_rows_init(&r->keyed[which], engine, (enum trace_table)which) && keyed;
	keyed = r && activity_rows_init(&r->activity, engine) && keyed;
	if (!r || !r->view || !r->samples || !keyed) {
		fail("trace: out of memory");
		reader__free(r);
		return NULL;
	}
	return r;
}

void reader__free(struct reader *r)
{
	if (!r)
		return;
	for (int which = 0; which < TABLES; which++)
		key_rows_free(&r->keyed[which]);
	activity_rows_free(&r->activity);
	free(r->view);
	free(r->samples);
	free(r);
}

/* Count one read and check its result. Returns true if the record may be used. */
static bool accept(struct reader *r, int retries, int consistent)
{
	r->counts.reads++;
	if (retries < 0) {
		r->counts.gave_up++;
		r->counts.retries += READ_TRIES;
		return false;
	}
	r->counts.retries += (unsigned int)retries;
	if (!consistent)
		r->counts.torn++;
	return consistent;
}

/* Read one probe's record on each CPU and add them up. */
static void read_summed(struct reader *r, const struct engine_map *map, const struct probe *p,
			struct probe_view *view)
{
	const struct summed_kind *kind = kind_of(p);
	unsigned int column = p->has_value ? engine_loss_column(r->engine, p) : p->number;
	lk_u64 total[LATCH_MAX_WORDS] = {0}, one[LATCH_MAX_WORDS];
	bool complete = true;

	for (int cpu = 0; cpu < r->engine->cpus; cpu++) {
		const lk_u64 *latch = engine_slot(map, cpu, column);
		int retries = r->engine->variant->ops->read_sum(latch, kind->words, one, READ_TRIES,
								kind->merge);

		if (accept(r, retries, retries < 0 || kind->consistent(one)))
			kind->merge(total, one);
		else
			complete = false;
	}
	if (complete)
		memcpy(&view->other, total, kind->words * sizeof(*total));
	view->total = view->other;
}

unsigned long long summed_count(enum trace_table which, const union summed_record *record)
{
	switch (which) {
	case TABLE_EVENTS:
		return record->event[EVENT_COUNT];
	case TABLE_LATENCIES:
		return record->latency[LATENCY_COUNT];
	case TABLE_VALUES:
		return record->value[VALUE_COUNT];
	default:
		return record->contexts[CONTEXTS_TOTAL];
	}
}

void summed_merge(enum trace_table which, union summed_record *into,
		  const union summed_record *from)
{
	summed[which].merge((lk_u64 *)into, (const lk_u64 *)from);
}

/* Read the record of a key, of all places that it has. It stays as it is if one cannot be read. */
static void read_row(struct reader *r, struct key_rows *rows, unsigned int at)
{
	const struct keyed_table *t = &rows->table;
	lk_u64 total[LATCH_MAX_WORDS] = {0}, one[LATCH_MAX_WORDS];
	struct key_row *row = &rows->row[at];
	const struct summed_kind *k = kind_of(&r->engine->probes->probe[row->probe]);

	for (unsigned int i = at; i < keyed_places(t); i = keyed_twin(t, row->key, i + 1)) {
		int retries = r->engine->variant->ops->read_sum(keyed_latch_at(t, i), k->words, one,
								READ_TRIES, k->merge);

		if (!accept(r, retries, retries < 0 || k->consistent(one)))
			return;
		k->merge(total, one);
	}
	memcpy(&row->total, total, k->words * sizeof(*total));
}

/* The records of all keys, and the totals of their probes: read last, those without room are in. */
static void read_keyed(struct reader *r, enum trace_table which)
{
	struct key_rows *rows = &r->keyed[which];

	for (unsigned int at = key_rows_next(rows, 0); at < keyed_places(&rows->table);
	     at = key_rows_next(rows, at + 1))
		read_row(r, rows, at);
	for (size_t at = 0; at < rows->used; at++)
		if (rows->row[at].known)
			summed_merge(which, &r->view[rows->row[at].probe].total,
				     &rows->row[at].total);
}

/* Read what a process did into its row, which stays as it is if that cannot be read. */
static void read_process(struct reader *r, const lk_u64 *latch, lk_u64 *record)
{
	lk_u64 one[ACTIVITY_WORDS];
	int retries = r->engine->variant->ops->read_sum(latch, ACTIVITY_WORDS, one, READ_TRIES,
							activity_merge);

	if (accept(r, retries, retries < 0 || activity_consistent(one)))
		memcpy(record, one, sizeof(one));
}

static void read_activity(struct reader *r)
{
	struct activity_rows *rows = &r->activity;
	lk_u64 rest[ACTIVITY_WORDS] = {0};

	for (unsigned int at = 0; at < keyed_places(&rows->table); at++)
		if (activity_row_at(rows, at))
			read_process(r, keyed_latch_at(&rows->table, at), rows->row[at].record);
	for (int cpu = 0; cpu < r->engine->cpus; cpu++) {
		lk_u64 one[ACTIVITY_WORDS] = {0};

		read_process(r, engine_slot(&r->engine->activity_rest, cpu, 0), one);
		activity_merge(rest, one);
	}
	memcpy(rows->rest.record, rest, sizeof(rest));
}

static void read_samples(struct reader *r, const struct probe *p)
{
	lk_u64 one[SAMPLE_WORDS];

	for (int cpu = 0; cpu < r->engine->cpus; cpu++) {
		const lk_u64 *latch = engine_slot(&r->engine->samples, cpu, p->number);
		int retries = r->engine->variant->ops->read(latch, SAMPLE_WORDS, one, READ_TRIES);

		if (accept(r, retries, retries < 0 || sample_consistent(one)))
			memcpy((lk_u64 *)reader_sample(r, p->number, cpu), one, sizeof(one));
	}
}

static void read_handled(const struct reader *r, const struct probe *p, struct probe_view *view)
{
	unsigned int column = engine_loss_column(r->engine, p);

	if (!engine_counts_handled(r->engine, p->kind)) {
		view->handled[r->engine->handler[p->kind]] =
			summed_count(probe_table(p), &view->total);
		return;
	}
	memset(view->handled, 0, sizeof(view->handled));
	for (int cpu = 0; cpu < r->engine->cpus; cpu++) {
		const struct trace_losses *own =
			(const struct trace_losses *)engine_slot(&r->engine->losses, cpu, column);

		for (int i = 0; i < HANDLERS; i++)
			view->handled[i] += order_load_relaxed(&own->handled[i]);
	}
}

void reader_find_keys(struct reader *r)
{
	for (int which = 0; which < TABLES; which++) {
		struct key_rows *rows = &r->keyed[which];
		unsigned int at = rows->row ? key_rows_next(rows, 0) : 0;

		while (rows->row && at < keyed_places(&rows->table))
			at = key_rows_next(rows, at + 1);
	}
	for (unsigned int at = 0; r->activity.row && at < keyed_places(&r->activity.table); at++)
		activity_row_at(&r->activity, at);
}

void reader_read_all(struct reader *r)
{
	const struct probe_list *list = r->engine->probes;

	for (size_t i = 0; i < list->count; i++) {
		const struct probe *p = &list->probe[i];

		if (p->has_value)
			read_summed(r, &r->engine->values, p, &r->view[i]);
		else if (p->kind == KIND_EVENT)
			read_summed(r, &r->engine->events, p, &r->view[i]);
		else if (p->kind == KIND_LATENCY)
			read_summed(r, &r->engine->latencies, p, &r->view[i]);
		else
			read_summed(r, &r->engine->contexts, p, &r->view[i]);
		if (p->kind == KIND_SAMPLE)
			read_samples(r, p);
	}
	for (int which = 0; which < TABLES; which++)
		if (r->keyed[which].row)
			read_keyed(r, (enum trace_table)which);
	if (r->activity.row)
		read_activity(r);
	for (size_t i = 0; i < list->count; i++)
		read_handled(r, &list->probe[i], &r->view[i]);
}

void reader_read_losses(struct reader *r)
{
	const struct attachments *a = r->attachments;
	struct probe_losses now;

	for (size_t i = 0; i < r->engine->probes->count; i++) {
		loss_read(r->engine, a, i, probe_view_count(&r->view[i]), &now);
		for (size_t j = 0; j < a->perf_count; j++)
			if (a->perf[j].probe == i)
				loss_add_skipped(r->engine, &a->perf[j], &now.counts);
		loss_grow(&r->view[i].losses, &now.counts);
		r->view[i].entries = now.entries;
		r->view[i].open = now.open;
	}
}

unsigned long long probe_view_count(const struct probe_view *view)
{
	unsigned long long count = 0;

	for (int i = 0; i < HANDLERS; i++)
		count += view->handled[i];
	return count;
}

const lk_u64 *reader_sample(const struct reader *r, unsigned int number, int cpu)
{
	return r->samples[(size_t)cpu * r->engine->probes->kinds[KIND_SAMPLE] + number];
}
