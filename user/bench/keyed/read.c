// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* read.c - see bench/keyed/read.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/keyed/read.h"

/* A latch that is written flat out makes a reader try again; this often it never does. */
#define TRIES 1000
/* The kernel wants room for a whole chain at a time. */
#define SPARE 64

/* -- through the mapping ----------------------------------------------------------------------- */

static LK_INLINE void count_merge(lk_u64 *into, const lk_u64 *from)
{
	into[0] += from[0];
}

/* The record of a key, of all places that it has, is added to zeros. Returns false: not in time. */
static LK_INLINE bool read_record(const struct keyed_table *k, unsigned int at, const lk_u64 *key,
				  unsigned int words, latch_merge_fn *merge, lk_u64 *record)
{
	lk_u64 one[LATENCY_WORDS], scratch[LATENCY_WORDS];

	if (latch_read_sum(keyed_latch_at(k, at), words, record, scratch, TRIES, merge) < 0)
		return false;
	for (unsigned int i = keyed_twin(k, key, at + 1); i < keyed_places(k);
	     i = keyed_twin(k, key, i + 1)) {
		if (latch_read_sum(keyed_latch_at(k, i), words, one, scratch, TRIES, merge) < 0)
			return false;
		merge(record, one);
	}
	return true;
}

/* Sizes are constants where this is inlined. */
static LK_INLINE int read_mapped(const struct bench_keyed_table *t, struct bench_keyed_copy *c,
				 unsigned int key_words, unsigned int words, latch_merge_fn *merge)
{
	const struct keyed_table k = {.words = t->words,
				      .buckets = t->buckets,
				      .key_words = key_words,
				      .latch_words = latch_accumulate_words(words),
				      .seed = t->seed};
	lk_u64 *key = c->keys, *record = c->records;

	c->count = 0;
	for (unsigned int at = keyed_next(&k, 0, key); at < keyed_places(&k);
	     at = keyed_next(&k, at + 1, key)) {
		if (!read_record(&k, at, key, words, merge, record)) {
			c->gave_up++;
			continue;
		}
		c->count++;
		key += key_words;
		record += words;
	}
	return 0;
}

static int read_table(const struct bench_keyed_table *t, struct bench_keyed_copy *c)
{
	bool small = t->load->key_words == 1;

	if (t->load->record == BENCH_KEYED_COUNT)
		return small ? read_mapped(t, c, 1, BENCH_KEYED_COUNT_WORDS, count_merge)
			     : read_mapped(t, c, 4, BENCH_KEYED_COUNT_WORDS, count_merge);
	return small ? read_mapped(t, c, 1, LATENCY_WORDS, latency_merge)
		     : read_mapped(t, c, 4, LATENCY_WORDS, latency_merge);
}

/* -- by system calls --------------------------------------------------------------------------- */

/* The values of all CPUs become one record for each key. */
static void add_up(const struct bench_keyed_table *t, struct bench_keyed_copy *c)
{
	unsigned int words = bench_keyed_words(t->load->record);
	int cpus = libbpf_num_possible_cpus();
	const lk_u64 *value = c->values;

	memset(c->records, 0, c->count * words * sizeof(lk_u64));
	for (size_t i = 0; i < c->count; i++)
		for (int cpu = 0; cpu < cpus; cpu++, value += words) {
			if (t->load->record == BENCH_KEYED_LATENCY)
				latency_merge(c->records + i * words, value);
			else
				count_merge(c->records + i * words, value);
		}
}

/* As few calls as can be: there is room for all. */
static int read_map(const struct bench_keyed_table *t, struct bench_keyed_copy *c)
{
	unsigned int words = bench_keyed_words(t->load->record);
	size_t of_key = c->values ? words * (size_t)libbpf_num_possible_cpus() : words;
	lk_u64 *values = c->values ? c->values : c->records;
	__u32 at, count;
	int err = 0;

	c->count = 0;
	while (!err && c->count < c->room) {
		count = (__u32)(c->room - c->count);
		err = bpf_map_lookup_batch(t->map_fd, c->count ? &at : NULL, &at,
					   c->keys + c->count * t->load->key_words,
					   values + c->count * of_key, &count, NULL)
			      ? -errno
			      : 0;
		if (!err || err == -ENOENT)
			c->count += count;
	}
	if (c->values)
		add_up(t, c);
	return err == -ENOENT ? 0 : err; /* that was the end */
}

/* Two system calls for each key. What is deleted in between is left out. */
static int read_each(const struct bench_keyed_table *t, struct bench_keyed_copy *c)
{
	unsigned int key_words = t->load->key_words, words = bench_keyed_words(t->load->record);
	lk_u64 *key = c->keys, *before = NULL;

	c->count = 0;
	while (c->count < c->room && !bpf_map_get_next_key(t->map_fd, before, key)) {
		if (!bpf_map_lookup_elem(t->map_fd, key, c->records + c->count * words))
			c->count++;
		before = key;
		key = c->keys + c->count * key_words;
	}
	return 0;
}

int bench_keyed_read(const struct bench_keyed_table *t, struct bench_keyed_copy *c)
{
	if (t->words)
		return read_table(t, c);
	return strcmp(t->ops->read, "each") == 0 ? read_each(t, c) : read_map(t, c);
}

/* -- copies ------------------------------------------------------------------------------------ */

struct bench_keyed_copy *bench_keyed_copy__new(const struct bench_keyed_table *t)
{
	struct bench_keyed_copy *c = calloc(1, sizeof(*c));
	size_t words = bench_keyed_words(t->load->record);

	if (!c)
		return NULL;
	c->room = (t->words ? (size_t)t->buckets * KEYED_WAYS : t->load->room) + SPARE;
	/* One more key and record: where the walk looks for the next. */
	c->keys = calloc(c->room + 1, t->load->key_words * sizeof(lk_u64));
	c->records = calloc(c->room + 1, words * sizeof(lk_u64));
	if (t->ops->type == BPF_MAP_TYPE_PERCPU_HASH)
		c->values = calloc(c->room * (size_t)libbpf_num_possible_cpus(),
				   words * sizeof(lk_u64));
	if (c->keys && c->records && (c->values || t->ops->type != BPF_MAP_TYPE_PERCPU_HASH))
		return c;
	bench_keyed_copy__free(c);
	return NULL;
}

void bench_keyed_copy__free(struct bench_keyed_copy *c)
{
	if (!c)
		return;
	free(c->keys);
	free(c->records);
	free(c->values);
	free(c);
}

/* Is it a key that is updated, whole? */
static bool is_known(const struct bench_keyed_table *t, const lk_u64 *key)
{
	bool known = key[0] < t->load->keys;

	for (unsigned int i = 1; i < t->load->key_words; i++)
		known &= key[i] == bench_keyed_word(key[0], i);
	return known;
}

void bench_keyed_look(const struct bench_keyed_table *t, const struct bench_keyed_copy *c,
		      struct bench_keyed_found *found)
{
	unsigned int words = bench_keyed_words(t->load->record);

	*found = (struct bench_keyed_found){0};
	for (size_t i = 0; i < c->count; i++) {
		const lk_u64 *record = c->records + i * words;

		if (is_known(t, c->keys + i * t->load->key_words))
			found->keys++;
		else
			found->torn++;
		found->updates += record[0]; /* LATENCY_COUNT, too */
		if (t->load->record == BENCH_KEYED_LATENCY && !latency_consistent(record))
			found->torn++;
	}
}
