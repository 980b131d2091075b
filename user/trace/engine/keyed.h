/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* keyed.h - the tables of records by key: how large they are, and what is in them. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_KEYED_H
#define LATCHKIT_USER_TRACE_ENGINE_KEYED_H

#include <latchkit/keyed.h>
#include <latchkit/record.h>

#include "trace/engine/state.h"

/* Keys of a probe, unless told otherwise. */
#define KEYS_DEFAULT 1000
/* The same of a probe that samples, with a function or stack in the key. */
#define KEYS_DEFAULT_PLACES 10000
/* Probes that come from patterns share the room of so many. */
#define KEYED_PATTERN_SHARE 4
/* Innermost frames of a kernel stack that may be the trace's own, see trace/session/stacks.h. */
#define KEYED_OWN_FRAMES 8

/* A record of any kind of probe that is summed. */
union summed_record {
	lk_u64 event[EVENT_WORDS];
	lk_u64 latency[LATENCY_WORDS];
	lk_u64 contexts[CONTEXTS_WORDS];
	lk_u64 value[VALUE_WORDS];
};

/* The table, and kind of record, of a probe. */
static inline enum trace_table probe_table(const struct probe *p)
{
	return p->has_value ? TABLE_VALUES : (enum trace_table)p->kind;
}

/*
 * The first word of expression i in a key, of TRACE_KEY_EXPRS: how many words it has in all. by:
 * its KEY_BIT()s.
 */
unsigned int keyed_expr_at(unsigned int by, const struct probe_list *probes, int i);

/* One key of one probe. */
struct key_row {
	bool known; /* there is such a row */
	size_t probe; /* its index in the list */
	lk_u64 key[KEYED_MAX_KEY_WORDS];
	union summed_record total; /* since the begin */
	unsigned long long previous; /* its count at the last report */
};

/* The table of one kind of probe, as it was read. */
struct key_rows {
	struct keyed_table table;
	struct key_row *row; /* one for each place of the table, where it stays */
	size_t used; /* rows beyond are not known */
	union summed_record *before; /* the rows' totals at the last report, or NULL: not kept */
	size_t *index; /* of the probe of each number */
};

/* Before the object is loaded: its maps and settings. Returns 0 or a negative errno. */
int keyed_set_up(struct engine *engine, struct trace_settings *settings);
/* Has it a probe, and are there keys? */
bool keyed_is_used(const struct engine *engine, enum trace_table which);
/* Its map. */
const char *keyed_map_name(enum trace_table which);
/* How many bytes the tables take. */
size_t keyed_bytes(const struct engine *engine);
/* Is there memory for them? Returns 0, or EXIT_FAILED after printing how much is asked for. */
int keyed_check_memory(const struct engine *engine);
/* Make the rows of a kind, none known. Returns false when out of memory; free what there is. */
bool key_rows_init(struct key_rows *rows, const struct engine *engine, enum trace_table which);
void key_rows_free(struct key_rows *rows);
/*
 * The next place with a key from `at` on, its row filled in but for the total; keyed_places() of
 * the table: there is none.
 */
unsigned int key_rows_next(struct key_rows *rows, unsigned int at);

#endif /* LATCHKIT_USER_TRACE_ENGINE_KEYED_H */
