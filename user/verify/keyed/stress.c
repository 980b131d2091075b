// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * stress.c - threads count the same keys in one table, which has room for all of them or not, while
 * another reads it. Signals interrupt them anywhere: the handler looks at the buckets of the key
 * that is being counted, and counts it, too. A key is claimed only once, so tables are short-lived:
 * after some thousand counts all writers have ended, every sum must be exact, and a new table
 * begins.
 *
 * What the reader must see: a place that is ready has its key, whole; a key is met once in a walk;
 * the record of a cell is whole, and of that key; the sum of a key's cells does not fall.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/keyed/set.h"
#include "verify/keyed/stress_reader.h"
#include "verify/keyed/stress_writer.h"

/* Seconds of all runs of a table, unless told. */
#define SECONDS 2.0
#define ROOMY 512
#define TIGHT 128
/* Looks at all places for each walk. */
#define LOOKS 4

/* -- one table -------------------------------------------------------------------------------- */

static size_t table_bytes(const struct keyed_table *t)
{
	return (size_t)t->buckets * keyed_bucket_words(t->key_words, t->latch_words) * 8;
}

/*
 * When all writers have ended: what a key has counted, and that it was refused only for want of
 * room.
 */
static void judge_key(struct stress *s, const struct stress_writer *writers, unsigned int number)
{
	const lk_u64 *key = s->keys[number];
	unsigned int at = keyed_twin(&s->table, key, 0), cells = 0;
	lk_u64 counted = 0, refused = 0, sum = 0, hash;

	for (unsigned int i = 0; i < STRESS_WRITERS; i++) {
		counted += writers[i].own.counted[number] + writers[i].nested.counted[number];
		refused += writers[i].own.refused[number] + writers[i].nested.refused[number];
	}
	if (at < keyed_places(&s->table))
		cells = key_read(&s->table, key, at, STRESS_TRIES, &sum);
	if (sum != counted)
		stress_fault(s, VERIFY_LOST, "at the end key %u has %llu, and %llu were counted",
			     number, sum, counted);
	verify_count(s->verdict, "twins", cells > 1 ? cells - 1 : 0);
	verify_count(s->verdict, "counted", counted);
	verify_count(s->verdict, "refused", refused);
	hash = keyed_hash(key, s->table.key_words, s->table.seed);
	for (unsigned int i = 0; refused && i < 2; i++)
		for (unsigned int place = 0; place < KEYED_WAYS; place++)
			if (!keyed_bucket(&s->table,
					  i ? keyed_second(hash, s->table.buckets)
					    : keyed_first(hash, s->table.buckets))[place])
				stress_fault(s, VERIFY_REFUSED,
					     "key %u found no room, though there is", number);
}

static void begin_table(struct stress *s, struct stress_writer *writers)
{
	memset(s->table.words, 0, table_bytes(&s->table));
	memset(s->seen, 0, sizeof(s->seen));
	s->table.seed = keyed_mix(s->seed ^ ++s->round);
	for (unsigned int i = 0; i < STRESS_KEYS; i++)
		key_make(s->keys[i], s->table.key_words, i, s->table.seed);
	for (unsigned int i = 0; i < STRESS_WRITERS; i++) {
		memset(&writers[i].own, 0, sizeof(writers[i].own));
		memset(&writers[i].nested, 0, sizeof(writers[i].nested));
	}
	order_store_relaxed(&s->ready, 0);
	order_store_relaxed(&s->ended, 0); /* the barrier orders it */
}

static void end_table(struct stress *s, const struct stress_writer *writers)
{
	for (unsigned int i = 0; i < STRESS_KEYS; i++)
		judge_key(s, writers, i);
	for (unsigned int i = 0; i < STRESS_WRITERS; i++) {
		if (writers[i].own.busy + writers[i].nested.busy)
			stress_fault(s, VERIFY_REFUSED, "%llu writes of records were refused",
				     writers[i].own.busy + writers[i].nested.busy);
		verify_count(s->verdict, "made", writers[i].own.made + writers[i].nested.made);
	}
	verify_count(s->verdict, "tables", 1);
}

static void run_table(struct stress *s, struct stress_writer *writers)
{
	begin_table(s, writers);
	pthread_barrier_wait(&s->begins);
	stress_writers_wait(s);
	/*
	 * ORDER: acquire, so that what ended writers counted is read; with the release in work().
	 */
	while (order_load_acquire(&s->ended) < STRESS_WRITERS) {
		for (int i = 0; i < LOOKS; i++)
			stress_look(s);
		stress_walk(s);
	}
	end_table(s, writers);
	verify_alive();
}

/* -- all of it -------------------------------------------------------------------------------- */

static void report(struct stress *s, struct stress_writer *writers)
{
	struct verify_failure f = {.words = s->table.key_words};

	for (unsigned int i = 0; i < STRESS_WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		verify_count(s->verdict, "signals", writers[i].signals);
		verify_count(s->verdict, "torn", writers[i].bad);
		if (writers[i].bad)
			stress_fault(s, VERIFY_TORN,
				     "a signal handler saw a place ready %llu times "
				     "without its key",
				     writers[i].bad);
	}
	if (!s->kind)
		return;
	snprintf(f.workload, sizeof(f.workload), "%s",
		 s->table.buckets == TIGHT ? "tight" : "roomy");
	snprintf(f.context, sizeof(f.context), "%d threads count and one reads", STRESS_WRITERS);
	verify_fail(s->verdict, s->kind, &f, "%s", s->said);
}

static void start(struct stress *s, struct stress_writer *writers)
{
	pthread_barrier_init(&s->begins, NULL, STRESS_WRITERS + 1);
	for (unsigned int i = 0; i < STRESS_WRITERS; i++)
		stress_writer_start(&writers[i], s, i);
}

static void run(const struct verify_options *options, struct verify_verdict *v,
		const struct keyed_size *size, unsigned int buckets)
{
	static struct stress_writer writers[STRESS_WRITERS];
	static lk_u64 keys[STRESS_KEYS][KEYED_MAX_KEY_WORDS];
	static struct stress s;

	s = (struct stress){.verdict = v,
			    .size = size,
			    .seed = options->seed,
			    .keys = keys,
			    .table = {.buckets = buckets,
				      .key_words = size->key_words,
				      .latch_words = KEYED_LATCH}};
	s.table.words = aligned_alloc(64, table_bytes(&s.table));
	if (!s.table.words) {
		verify_skip(v, "no memory for a table");
		return;
	}
	start(&s, writers);
	verify_part(options, SECONDS, 4);
	do
		run_table(&s, writers);
	while (!verify_part_is_over() && !(s.kind && v->subject->holds));
	order_store_relaxed(&s.stop, 1);
	pthread_barrier_wait(&s.begins);
	report(&s, writers);
	pthread_barrier_destroy(&s.begins);
	free(s.table.words);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	static const unsigned int buckets[] = {ROOMY, TIGHT};
	const struct keyed_code *code = v->subject->self;

	stress_writer_open();
	/* Keys of one word, and the longest. */
	for (size_t i = 0; i < code->sizes_count; i += code->sizes_count - 1)
		for (int b = 0; b < 2 && verify_goes_on(v); b++)
			run(options, v, &code->sizes[i], buckets[b]);
	if (verify_goes_on(v) && (!verify_counted(v, "refused") || !verify_counted(v, "keys")))
		verify_fail(v, VERIFY_IDLE, NULL, "nothing was read or refused: too little");
}

const struct verify_check verify_keyed_stress = {
	"stress",
	"threads that count and claim the same keys lose nothing, and who reads sees whole",
	"reads",
	keyed_expects,
	run_check,
	{"reads", "torn", "keys", "walks", "tables", "counted", "refused", "made", "twins",
	 "signals"}};
