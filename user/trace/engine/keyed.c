// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keyed.c - see trace/engine/keyed.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli/diag.h"
#include "host/memory.h"
#include "trace/engine/keyed.h"

static const char *const maps[TABLES] = {
	[TABLE_EVENTS] = "keyed_events",
	[TABLE_LATENCIES] = "keyed_latencies",
	[TABLE_CONTEXTS] = "keyed_contexts",
	[TABLE_VALUES] = "keyed_values",
};

static const unsigned int record_words[TABLES] = {
	[TABLE_EVENTS] = EVENT_WORDS,
	[TABLE_LATENCIES] = LATENCY_WORDS,
	[TABLE_CONTEXTS] = CONTEXTS_WORDS,
	[TABLE_VALUES] = VALUE_WORDS,
};

/* The words of expression i: the same of all probes, though some may need fewer. */
static unsigned int expr_words(const struct probe_list *probes, int i)
{
	unsigned int most = 0;

	for (size_t s = 0; s < probes->statements; s++) {
		unsigned int words = expr_as_words(probes->statement[s].key_as[i]);

		if (words > most && probes->statement[s].key[i][0].op != EXPR_END)
			most = words;
	}
	return most;
}

unsigned int keyed_expr_at(unsigned int by, const struct probe_list *probes, int i)
{
	unsigned int at = key_part_at(by, KEY_PART_EXPRS);

	for (int before = 0; before < i; before++)
		at += expr_words(probes, before);
	return at;
}

static unsigned int key_words(const struct engine *e)
{
	return keyed_expr_at(e->config.keys.by, e->probes, TRACE_KEY_EXPRS);
}

static unsigned int latch_words(const struct engine *e, enum trace_table which)
{
	return (unsigned int)e->variant->ops->accumulate_words(record_words[which]);
}

static unsigned int bucket_words(const struct engine *e, enum trace_table which)
{
	return keyed_bucket_words(key_words(e), latch_words(e, which));
}

/* Samples are of many addresses, and their records are small. */
static size_t keys_most(const struct engine *e, enum trace_table which)
{
	const struct key_list *keys = &e->config.keys;
	bool places = keys_have(keys, KEY_FUNC) || keys_have(keys, KEY_KSTACK) ||
		      keys_have(keys, KEY_USTACK);

	if (e->config.keys_most)
		return e->config.keys_most;
	return which == TABLE_CONTEXTS && places ? KEYS_DEFAULT_PLACES : KEYS_DEFAULT;
}

/* How many keys all probes of a table may have together. */
static size_t keys_of(const struct engine *e, enum trace_table which)
{
	size_t most = keys_most(e, which), named = 0, matched = 0;

	for (size_t i = 0; i < e->probes->count; i++) {
		const struct probe *p = &e->probes->probe[i];

		named += probe_table(p) == which && !p->optional;
		matched += probe_table(p) == which && p->optional;
	}
	if (matched > KEYED_PATTERN_SHARE)
		matched = KEYED_PATTERN_SHARE;
	return (named + matched) * most;
}

/* Buckets for them: two thirds full at most, before which no key finds both its buckets full. */
static unsigned int buckets_of(const struct engine *e, enum trace_table which)
{
	size_t places = keys_of(e, which) * 3 / 2;
	unsigned int buckets = 2;

	while (buckets < 1U << 30 && (size_t)buckets * KEYED_WAYS < places)
		buckets *= 2;
	return buckets;
}

bool keyed_is_used(const struct engine *e, enum trace_table which)
{
	for (size_t i = 0; e->config.keys.count && !e->config.lines && i < e->probes->count; i++)
		if (probe_table(&e->probes->probe[i]) == which)
			return true;
	return false;
}

size_t keyed_bytes(const struct engine *e)
{
	size_t bytes = 0;

	for (int which = 0; which < TABLES; which++)
		if (keyed_is_used(e, (enum trace_table)which))
			bytes += (size_t)buckets_of(e, (enum trace_table)which) *
				 bucket_words(e, (enum trace_table)which) * sizeof(lk_u64);
	return bytes;
}

const char *keyed_map_name(enum trace_table which)
{
	return maps[which];
}

static void size_text(char *to, size_t size, size_t bytes)
{
	bool large = bytes >= 1UL << 30;

	snprintf(to, size, "%.1f %s", (double)bytes / (double)(1UL << (large ? 30 : 20)),
		 large ? "GiB" : "MiB");
}

int keyed_check_memory(const struct engine *e)
{
	size_t bytes = keyed_bytes(e), available = memory_available();
	size_t most = keys_most(e, e->probes->kinds[KIND_SAMPLE] ? TABLE_CONTEXTS : TABLE_EVENTS);
	char asked[32], there[32];

	size_text(asked, sizeof(asked), bytes);
	size_text(there, sizeof(there), available);
	if (bytes && e->config.verbose)
		note("--keys %zu: tables of %s", most, asked);
	/* The kernel takes all of it at once, and would end other processes for it. */
	if (bytes <= available / 2)
		return 0;
	return fail(
		"trace: --keys %zu: records of so many keys take %s, more than half of the %s that "
		"are available; ask for fewer",
		most, asked, there);
}

static int size_map(struct engine *e, enum trace_table which)
{
	struct bpf_map *map = bpf_object__find_map_by_name(e->image.object, maps[which]);
	unsigned int bytes = bucket_words(e, which) * (unsigned int)sizeof(lk_u64);
	int err = bpf_map__set_value_size(map, bytes);

	return err ? err : bpf_map__set_max_entries(map, buckets_of(e, which));
}

/* Frames of a stack that are kept. */
static unsigned int frames_kept(const struct key_list *keys)
{
	unsigned int kernel = keys->kstack_frames, user = keys->ustack_frames;

	if (keys_have(keys, KEY_KSTACK) && !kernel)
		return TRACE_STACK_DEPTH;
	if (keys_have(keys, KEY_USTACK) && !user)
		return TRACE_STACK_DEPTH;
	return kernel > user ? kernel : user;
}

static int size_stacks(struct engine *e)
{
	struct bpf_map *stacks = bpf_object__find_map_by_name(e->image.object, "stacks");
	unsigned int frames = frames_kept(&e->config.keys);
	int err;

	if (!frames)
		return 0;
	/* The innermost are of the trace's programs themselves, and are left out later. */
	frames = frames + KEYED_OWN_FRAMES < TRACE_STACK_DEPTH ? frames + KEYED_OWN_FRAMES
							       : TRACE_STACK_DEPTH;
	err = bpf_map__set_value_size(stacks, frames * (unsigned int)sizeof(lk_u64));
	return err ? err : bpf_map__set_max_entries(stacks, 16384);
}

int keyed_set_up(struct engine *e, struct trace_settings *s)
{
	int err = 0;

	if (!e->config.keys.count)
		return 0;
	s->by = e->config.keys.by;
	s->key_words = key_words(e);
	s->expr_at = key_part_at(s->by, KEY_PART_EXPRS);
	for (int i = 0; i < TRACE_KEY_EXPRS; i++)
		s->expr_words[i] = expr_words(e->probes, i);
	s->sock = e->probes->sock;
	/* Whoever chooses keys must not know which of them meet in a bucket. */
	if (getrandom(&s->key_seed, sizeof(s->key_seed), GRND_NONBLOCK) < 0)
		s->key_seed = (unsigned long long)getpid();
	e->key_seed = s->key_seed;
	for (int which = 0; !err && !e->config.lines && which < TABLES; which++) {
		s->key_buckets[which] = buckets_of(e, (enum trace_table)which);
		err = size_map(e, (enum trace_table)which); /* programs of one serve others, too */
	}
	s->keep_stacks |= frames_kept(&e->config.keys) != 0;
	return err ? err : size_stacks(e);
}

static bool index_probes(struct key_rows *rows, const struct engine *e, enum trace_table which)
{
	rows->index = calloc(e->probes->count + 1, sizeof(*rows->index));
	for (size_t i = 0; rows->index && i < e->probes->count; i++) {
		const struct probe *p = &e->probes->probe[i];

		if (probe_table(p) == which)
			rows->index[which == TABLE_VALUES ? engine_loss_column(e, p) : p->number] =
				i;
	}
	return rows->index;
}

bool key_rows_init(struct key_rows *rows, const struct engine *e, enum trace_table which)
{
	const struct engine_map *map = &e->keyed[which];

	if (!map->words)
		return true;
	rows->table = (struct keyed_table){
		.words = (lk_u64 *)map->words, /* it is only read */
		.buckets = buckets_of(e, which),
		.key_words = key_words(e),
		.latch_words = latch_words(e, which),
		.bucket_words = (unsigned int)map->stride,
		.seed = e->key_seed,
	};
	rows->row = calloc(keyed_places(&rows->table) + 1, sizeof(*rows->row));
	return index_probes(rows, e, which) && rows->row;
}

void key_rows_free(struct key_rows *rows)
{
	free(rows->row);
	free(rows->before);
	free(rows->index);
	memset(rows, 0, sizeof(*rows));
}

/*
 * The row of a key whose first place is another than it was: a writer that stopped while it claimed
 * a place has gone on since, and another one took the next place meanwhile.
 */
static void take_over(struct key_rows *rows, unsigned int at)
{
	struct key_row *row = &rows->row[at];

	for (unsigned int i = keyed_twin(&rows->table, row->key, at + 1);
	     i < keyed_places(&rows->table); i = keyed_twin(&rows->table, row->key, i + 1)) {
		if (!rows->row[i].known)
			continue;
		row->total = rows->row[i].total;
		row->previous = rows->row[i].previous;
		if (rows->before)
			rows->before[at] = rows->before[i];
		rows->row[i].known = false;
	}
}

unsigned int key_rows_next(struct key_rows *rows, unsigned int at)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS] = {0};
	struct key_row *row;

	at = keyed_next(&rows->table, at, key);
	if (at == keyed_places(&rows->table))
		return at;
	row = &rows->row[at];
	if (!row->known) {
		memcpy(row->key, key, sizeof(key));
		row->probe = rows->index[key[0] & 0xffff];
		row->known = true;
		take_over(rows, at);
		rows->used = at >= rows->used ? (size_t)at + 1 : rows->used;
	}
	return at;
}
