// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_key_rows.c - trace/engine/keyed.h and reader.h: the rows of a table of records by key are
 * those of its keys, each once, also when a writer that stopped while it claimed a place goes on.
 */
#include "tests/test.h"

#define LATCH_VARIANT bank
#include <latchkit/keyed.h>
#include <latchkit/record.h>

#include "trace/engine/keyed.h"
#include "trace/engine/reader.h"

#define BUCKETS 2
#define LATCH_WORDS latch_accumulate_words(EVENT_WORDS)
#define KEY_WORDS 3 /* of --by comm */
#define BUCKET_WORDS keyed_bucket_words(KEY_WORDS, LATCH_WORDS)

static lk_u64 memory[BUCKETS * BUCKET_WORDS] __attribute__((aligned(64)));
static const lk_u64 key[KEYED_MAX_KEY_WORDS] = {0, 0x6161, 0};
static struct probe probe = {.kind = KIND_EVENT};
static struct probe_list probes = {.probe = &probe, .count = 1, .kinds = {[KIND_EVENT] = 1}};
static struct engine engine = {
	.probes = &probes,
	.config.keys = {.by = KEY_BIT(KEY_COMM), .count = 1, .key = {KEY_COMM}},
	.config.keys_most = 1,
	.keyed[KIND_EVENT] = {.words = memory, .stride = BUCKET_WORDS, .columns = 1},
};

static lk_u64 *bucket_of(lk_u64 hash)
{
	return memory + keyed_first(hash, BUCKETS) * BUCKET_WORDS;
}

/* An event of the key, as a program counts it. */
static void count(void)
{
	lk_u64 hash = keyed_hash(key, KEY_WORDS, engine.key_seed), pid = 7;
	lk_u64 *second = memory + keyed_second(hash, BUCKETS) * BUCKET_WORDS;
	int made;
	lk_u64 *latch =
		keyed_latch(bucket_of(hash), second, key, KEY_WORDS, LATCH_WORDS, hash, &made);

	assert_non_null(latch);
	assert_int_equal(latch_accumulate(latch, EVENT_WORDS, event_apply, &pid), 0);
}

static struct reader *begin(void)
{
	struct reader *reader;

	memset(memory, 0, sizeof(memory));
	engine.variant = latch_variant_find("bank");
	assert_non_null(engine.variant);
	reader = reader__new(&engine, NULL);
	assert_non_null(reader);
	assert_int_equal(reader->keyed[KIND_EVENT].table.buckets, BUCKETS);
	assert_int_equal(reader->keyed[KIND_EVENT].table.latch_words, LATCH_WORDS);
	return reader;
}

static size_t rows_of(const struct reader *reader, unsigned long long *previous)
{
	const struct key_rows *rows = &reader->keyed[KIND_EVENT];
	size_t n = 0;

	for (size_t at = 0; at < rows->used; at++)
		if (rows->row[at].known) {
			n++;
			*previous = rows->row[at].previous;
		}
	return n;
}

static unsigned long long total(const struct reader *reader)
{
	return reader->view[0].total.event[EVENT_COUNT];
}

TEST(test_rows_add_up)
{
	struct reader *reader = begin();
	unsigned long long previous;

	for (int i = 1; i <= 3; i++) {
		count();
		reader_read_all(reader);
		assert_int_equal(total(reader), i);
		assert_int_equal(rows_of(reader, &previous), 1);
	}
	reader__free(reader);
}

/* The first place of the key is another than before: its row moves there, nothing counts twice. */
TEST(test_claim_that_ends_late)
{
	lk_u64 hash = keyed_hash(key, KEY_WORDS, engine.key_seed), pid = 7;
	lk_u64 *bucket = bucket_of(hash), *cell = keyed_cell(bucket, 0, KEY_WORDS, LATCH_WORDS);
	struct reader *reader = begin();
	unsigned long long previous;

	bucket[0] = keyed_fingerprint(hash) & ~KEYED_READY; /* a writer stops here */
	/* Another takes the next place: the second bucket, which is emptier, must not be chosen. */
	for (int i = 0; i < KEYED_WAYS; i++)
		memory[keyed_second(hash, BUCKETS) * BUCKET_WORDS + i] = 2;
	count();
	count();
	reader_read_all(reader);
	assert_int_equal(total(reader), 2);
	assert_int_equal(rows_of(reader, &previous), 1);
	for (size_t at = 0; at < reader->keyed[KIND_EVENT].used; at++)
		reader->keyed[KIND_EVENT].row[at].previous = 2; /* reported */

	memcpy(cell, key, KEY_WORDS * sizeof(*key)); /* it goes on */
	bucket[0] = keyed_fingerprint(hash);
	assert_int_equal(latch_accumulate(cell + KEY_WORDS, EVENT_WORDS, event_apply, &pid), 0);
	for (int again = 0; again < 2; again++) {
		reader_read_all(reader);
		assert_int_equal(total(reader), 3);
		assert_int_equal(rows_of(reader, &previous), 1);
		assert_int_equal(previous, 2);
	}
	reader__free(reader);
}
