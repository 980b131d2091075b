// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_contract.c - the contract of latch.h, for every line of variants.def: both workloads, four
 * sizes, one thread, two threads, two writers, and calls from inside a write as an interrupt would
 * make them. The counterexamples must be seen to break it.
 *
 * The oracle: related fields. Word i of a record is a function of word 0, so that a record put
 * together from two generations shows.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "latch/table.h"

#define CHANGES 1000
#define TRIES 100000

static lk_u64 race_reads = 200000, race_writes = 100000;

struct subject {
	const struct latch_variant *variant;
	bool accumulate;
	unsigned int words;
	char name[96];
};

static void *latch_new(const struct subject *s)
{
	const struct latch_ops *ops = s->variant->ops;
	size_t words =
		s->accumulate ? ops->accumulate_words(s->words) : ops->publish_words(s->words);
	void *memory = aligned_alloc(64, (words * 8 + 63) / 64 * 64);

	assert_non_null(memory);
	memset(memory, 0, (words * 8 + 63) / 64 * 64);
	return memory;
}

/* -- the oracle ------------------------------------------------------------------------------- */

static lk_u64 field(const struct subject *s, lk_u64 first, unsigned int i)
{
	return s->accumulate ? first * (i + 1) : first + 1000 * i * (first != 0);
}

static bool whole(const struct subject *s, const lk_u64 *record)
{
	for (unsigned int i = 1; i < s->words; i++)
		if (record[i] != field(s, record[0], i))
			return false;
	return true;
}

static __thread unsigned int apply_words;
/* Called in the middle of apply, as an interrupt would come. */
static __thread void (*interrupt)(void);

static void apply(lk_u64 *record, const void *delta)
{
	lk_u64 n = *(const lk_u64 *)delta;

	for (unsigned int i = 0; i < apply_words; i++) {
		latch_word_set(record, i, latch_word_get(record, i) + n * (i + 1));
		if (interrupt && i == apply_words / 2)
			interrupt();
	}
}

static void merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < apply_words; i++)
		into[i] += from[i];
}

/* Write generation n: publish it, or add 1. */
static int put(const struct subject *s, lk_u64 *latch, lk_u64 n)
{
	lk_u64 record[LATCH_MAX_WORDS], one = 1;

	if (s->accumulate) {
		apply_words = s->words;
		return s->variant->ops->accumulate(latch, s->words, apply, &one);
	}
	for (unsigned int i = 0; i < s->words; i++)
		record[i] = field(s, n, i);
	return s->variant->ops->publish(latch, s->words, record, n);
}

static int get(const struct subject *s, const lk_u64 *latch, lk_u64 *record, unsigned int tries)
{
	apply_words = s->words;
	if (s->accumulate)
		return s->variant->ops->read_sum(latch, s->words, record, tries, merge);
	return s->variant->ops->read(latch, s->words, record, tries);
}

/* -- one thread ------------------------------------------------------------------------------- */

static void test_alone(void **state)
{
	const struct subject *s = *state;
	lk_u64 *latch = latch_new(s), record[LATCH_MAX_WORDS];

	memset(record, 0xff, sizeof(record));
	assert_int_equal(get(s, latch, record, 1), 0);
	for (unsigned int i = 0; i < s->words; i++)
		assert_int_equal(record[i], 0);
	for (lk_u64 n = 1; n <= 100; n++) {
		assert_int_equal(put(s, latch, n), 0);
		assert_int_equal(get(s, latch, record, 1), 0);
		assert_int_equal(record[0], n);
		assert_true(whole(s, record));
	}
	free(latch);
}

/* -- two threads ------------------------------------------------------------------------------ */

struct race {
	const struct subject *subject;
	lk_u64 *latch;
	lk_u64 accepted, stop;
};

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *writer(void *arg)
{
	struct race *r = arg;

	pin(0);
	for (lk_u64 n = 1; !order_load_relaxed(&r->stop); n++)
		if (put(r->subject, r->latch, n) == 0)
			order_store_relaxed(&r->accepted, r->accepted + 1);
	return NULL;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct seen {
	lk_u64 reads, gave_up, torn, backward, changes;
};

/* Read until enough reads saw enough writes, or `seconds`, or until something torn was seen. */
static void watch(const struct race *r, lk_u64 reads, double seconds, struct seen *seen)
{
	lk_u64 record[LATCH_MAX_WORDS], last = 0;
	double end = now_s() + seconds;

	for (; (seen->reads < reads || seen->changes < CHANGES) && !seen->torn; seen->reads++) {
		if (seen->reads % 256 == 0 && now_s() > end)
			break;
		if (get(r->subject, r->latch, record, TRIES) < 0) {
			seen->gave_up++;
			continue;
		}
		seen->torn += !whole(r->subject, record);
		seen->backward += record[0] < last;
		seen->changes += record[0] != last;
		last = record[0];
	}
}

static struct seen race(const struct subject *s, lk_u64 reads, double seconds)
{
	struct race r = {.subject = s, .latch = latch_new(s)};
	lk_u64 record[LATCH_MAX_WORDS];
	struct seen seen = {0};
	pthread_t thread;

	pin(1);
	assert_int_equal(pthread_create(&thread, NULL, writer, &r), 0);
	watch(&r, reads, seconds, &seen);
	order_store_relaxed(&r.stop, 1);
	pthread_join(thread, NULL);
	assert_int_equal(get(s, r.latch, record, TRIES), 0);
	if (s->accumulate)
		assert_int_equal(record[0], r.accepted);
	free(r.latch);
	return seen;
}

static bool one_cpu(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) >= 2)
		return false;
	print_message("skip: one CPU: reader and writer never run at once\n");
	return true;
}

static void test_race(void **state)
{
	const struct subject *s = *state;
	struct seen seen;

	if (one_cpu())
		skip();
	seen = race(s, race_reads, 5);
	assert_true(seen.changes > 0);
	assert_int_equal(seen.torn, 0);
	assert_int_equal(seen.backward, 0);
}

/* `raw` must tear; a machine that is busy elsewhere gets more time. */
static void test_race_tears(void **state)
{
	if (one_cpu())
		skip();
	assert_true(race(*state, ~0ULL, 20).torn > 0);
}

/* -- two writers ------------------------------------------------------------------------------ */

struct contest {
	lk_u64 writes, torn, lost;
	bool refused; /* a write after both had ended */
};

/* Write against another writer; what is read in between must be whole, the total must be right. */
static struct contest compete(const struct subject *s, lk_u64 writes)
{
	struct race r = {.subject = s, .latch = latch_new(s)};
	lk_u64 record[LATCH_MAX_WORDS], accepted = 0;
	struct contest seen = {0};
	pthread_t thread;

	pin(1);
	assert_int_equal(pthread_create(&thread, NULL, writer, &r), 0);
	while (!order_load_relaxed(&r.accepted))
		sched_yield(); /* until there are two */
	for (; seen.writes < writes && !seen.torn; seen.writes++) {
		accepted += put(s, r.latch, seen.writes + 1) == 0;
		if (get(s, r.latch, record, TRIES) >= 0)
			seen.torn += !whole(s, record);
	}
	order_store_relaxed(&r.stop, 1);
	pthread_join(thread, NULL);
	assert_int_equal(get(s, r.latch, record, TRIES), 0);
	if (s->accumulate)
		seen.lost = accepted + r.accepted - record[0];
	seen.refused = put(s, r.latch, UINT32_MAX) != 0;
	free(r.latch);
	return seen;
}

static void test_two_writers(void **state)
{
	struct contest seen;

	if (one_cpu())
		skip();
	seen = compete(*state, race_writes);
	assert_int_equal(seen.torn, 0);
	assert_int_equal(seen.lost, 0);
	assert_false(seen.refused);
}

static void test_two_writers_fail(void **state)
{
	double end = now_s() + 20;
	bool failed = false;

	if (one_cpu())
		skip();
	while (!failed && now_s() < end) {
		struct contest seen = compete(*state, race_writes);

		failed = seen.torn || seen.lost;
	}
	assert_true(failed);
}

/* -- an interrupt in the middle of a write ---------------------------------------------------- */

static struct {
	const struct subject *subject;
	lk_u64 *latch;
	unsigned int depth, deepest; /* of nested writes */
	lk_u64 accepted, refused, reads, gave_up, torn, stale;
} nest;

static void nested_read(void)
{
	lk_u64 record[LATCH_MAX_WORDS];

	nest.reads++;
	if (get(nest.subject, nest.latch, record, 10) < 0)
		nest.gave_up++;
	else
		nest.torn += !whole(nest.subject, record);
}

static void nested_both(void)
{
	nested_read();
	if (nest.depth >= nest.deepest)
		return;
	nest.depth++;
	if (put(nest.subject, nest.latch, 0) == 0)
		nest.accepted++;
	else
		nest.refused++;
	nest.depth--;
	nested_read();
}

static void nest_run(const struct subject *s, void (*with)(void), unsigned int deepest)
{
	memset(&nest, 0, sizeof(nest));
	nest.subject = s;
	nest.latch = latch_new(s);
	nest.deepest = deepest;
	for (int i = 0; i < 10; i++) {
		interrupt = with;
		if (put(s, nest.latch, 0) == 0)
			nest.accepted++;
		interrupt = NULL;
	}
}

static void assert_total(const struct subject *s)
{
	lk_u64 record[LATCH_MAX_WORDS];

	assert_int_equal(get(s, nest.latch, record, 1), 0);
	assert_true(whole(s, record));
	assert_int_equal(record[0], nest.accepted);
	free(nest.latch);
}

/* Readers get a whole record, writers are refused (or have a way of their own), nothing is lost. */
static void test_nested(void **state)
{
	const struct subject *s = *state;
	bool ways = strcmp(s->variant->refuses, "full") == 0;

	nest_run(s, nested_both, 1);
	assert_true(nest.reads > 0);
	assert_int_equal(nest.gave_up, 0);
	assert_int_equal(nest.torn, 0);
	if (ways)
		assert_int_equal(nest.refused, 0);
	else
		assert_int_equal(nest.accepted, 10);
	assert_true(ways || nest.refused > 0);
	assert_total(s);
}

static void test_nested_reader_gives_up(void **state)
{
	const struct subject *s = *state;

	nest_run(s, nested_read, 0);
	assert_true(nest.reads > 0);
	assert_int_equal(nest.gave_up, nest.reads);
	assert_total(s);
}

static void test_nested_reader_tears(void **state)
{
	nest_run(*state, nested_read, 0);
	assert_true(nest.torn > 0);
	free(nest.latch);
}

/* -- what only one variant promises ----------------------------------------------------------- */

static lk_u64 bank_memory[4096];

/* Fill all ways but `spare`, as writers that were interrupted would. */
static void bank_occupy(unsigned int spare)
{
	for (unsigned int way = 0; way < 4 - spare; way++)
		bank_memory[way * 64 + 1] = 1; /* the lock of that way, for records of 28 words */
}

static void test_bank_ways(void **state)
{
	const struct subject *s = *state;

	memset(bank_memory, 0, sizeof(bank_memory));
	assert_int_equal(s->variant->ops->accumulate_words(28), 4 * 64);
	for (unsigned int spare = 4; spare >= 1; spare--) {
		lk_u64 one = 1;

		memset(bank_memory, 0, sizeof(bank_memory));
		bank_occupy(spare);
		apply_words = 28;
		assert_int_equal(s->variant->ops->accumulate(bank_memory, 28, apply, &one), 0);
	}
	memset(bank_memory, 0, sizeof(bank_memory));
	bank_occupy(0);
	assert_int_equal(s->variant->ops->accumulate(bank_memory, 28, apply, &bank_memory[4000]),
			 -LATCH_EBUSY);
}

static lk_u64 bank_publish_read(const struct latch_ops *ops, lk_u64 value, lk_u64 stamp)
{
	lk_u64 record[8] = {value}, out[8];

	assert_int_equal(ops->publish(bank_memory, 8, record, stamp), 0);
	assert_int_equal(ops->read(bank_memory, 8, out, 1), 0);
	return out[0];
}

/* Of several records with one stamp, as a coarse clock gives them, the last one stays. */
static void bank_equal_stamps(const struct latch_ops *ops, size_t way)
{
	memset(bank_memory, 0, sizeof(bank_memory));
	for (lk_u64 value = 1; value < 20; value++)
		assert_int_equal(bank_publish_read(ops, value, 5000), value);
	memset(bank_memory, 0, sizeof(bank_memory));
	bank_memory[8] |= 1; /* an interrupted writer holds way 0 */
	assert_int_equal(bank_publish_read(ops, 1, 5000), 1);
	assert_int_not_equal(bank_memory[8 + way], 0);
	bank_memory[8] &= ~1ULL; /* and has ended */
	assert_int_equal(bank_publish_read(ops, 2, 5000), 2);
	assert_int_equal(bank_publish_read(ops, 3, 5000), 3);
}

/* An older record never hides a newer one, whichever way it takes. */
static void test_bank_stamps(void **state)
{
	const struct latch_ops *ops = ((const struct subject *)*state)->variant->ops;
	const size_t way = (ops->publish_words(8) - 8) / 4;
	lk_u64 record[8] = {0}, out[8];

	memset(bank_memory, 0, sizeof(bank_memory));
	record[0] = 20;
	assert_int_equal(ops->publish(bank_memory, 8, record, 20), 0);
	record[0] = 10;
	assert_int_equal(ops->publish(bank_memory, 8, record, 10), 0);
	assert_int_equal(ops->read(bank_memory, 8, out, 1), 0);
	assert_int_equal(out[0], 20);
	bank_memory[8] |= 1; /* way 0 is busy: the next one goes to way 1 */
	record[0] = 15;
	assert_int_equal(ops->publish(bank_memory, 8, record, 15), 0);
	assert_int_not_equal(bank_memory[8 + way], 0);
	assert_int_equal(ops->read(bank_memory, 8, out, 1), 0);
	assert_int_equal(out[0], 20);
	record[0] = 30;
	assert_int_equal(ops->publish(bank_memory, 8, record, 30), 0);
	assert_int_equal(ops->read(bank_memory, 8, out, 1), 0);
	assert_int_equal(out[0], 30);
	bank_equal_stamps(ops, way);
	memset(bank_memory, 0, sizeof(bank_memory));
	for (record[0] = 1; record[0] < 50; record[0]++) {
		assert_int_equal(ops->publish(bank_memory, 8, record, LATCH_STAMP_COUNTER), 0);
		assert_int_equal(ops->read(bank_memory, 8, out, 1), 0);
		assert_int_equal(out[0], record[0]);
	}
}

/* A latch whose writer died refuses for ever, and is not damaged by the refusing. */
static void dead_writer(const struct subject *s, unsigned int claim)
{
	const struct latch_ops *ops = s->variant->ops;
	lk_u64 *latch = latch_new(s), record[8] = {7}, out[8], claimed;

	assert_int_equal(ops->publish(latch, 8, record, 1), 0);
	latch[claim] |= 1;
	claimed = latch[claim];
	record[0] = 8;
	for (int i = 0; i < 100000; i++)
		assert_int_equal(ops->publish(latch, 8, record, 1), -LATCH_EBUSY);
	assert_int_equal(latch[claim], claimed);
	assert_int_equal(ops->read(latch, 8, out, 1), 0);
	assert_int_equal(out[0], 7);
	free(latch);
}

static void test_cell_dead_writer(void **state)
{
	dead_writer(*state, 0);
}

static void test_ring_dead_writer(void **state)
{
	dead_writer(*state, 8);
}

/* -- the list of tests ------------------------------------------------------------------------ */

static struct CMUnitTest tests[512];
static size_t test_count;

static void add(const struct latch_variant *v, bool accumulate, unsigned int words,
		const char *what, CMUnitTestFunction function)
{
	struct subject *s;

	if (!v)
		return; /* variants.def without it, as tests/mutants makes one */
	s = calloc(1, sizeof(*s));
	assert_non_null(s);
	*s = (struct subject){.variant = v, .accumulate = accumulate, .words = words};
	snprintf(s->name, sizeof(s->name), "%s %s %u: %s", v->name,
		 accumulate ? "accumulate" : "publish", words, what);
	tests[test_count++] = (struct CMUnitTest){s->name, function, NULL, NULL, s};
}

static void add_size(const struct latch_variant *v, bool accumulate, unsigned int words)
{
	bool raw = strcmp(v->name, "raw") == 0, seqlock = strcmp(v->name, "seqlock") == 0;

	add(v, accumulate, words, "alone", test_alone);
	if (raw && words > 1)
		add(v, accumulate, words, "must tear", test_race_tears);
	else
		add(v, accumulate, words, "two threads", test_race);
	if (!raw)
		add(v, accumulate, words, "two writers", test_two_writers);
	else if (accumulate)
		add(v, accumulate, words, "two writers must lose", test_two_writers_fail);
	if (!accumulate || words == 1)
		return;
	if (raw)
		add(v, true, words, "nested reader must tear", test_nested_reader_tears);
	else if (seqlock)
		add(v, true, words, "nested reader must give up", test_nested_reader_gives_up);
	else
		add(v, true, words, "nested", test_nested);
}

/* LATCHKIT_READS makes the races shorter or longer, for slow or patient machines. */
static void set_lengths(void)
{
	const char *text = getenv("LATCHKIT_READS");

	if (text && atoi(text) > 0) {
		race_reads = (lk_u64)atoi(text);
		race_writes = race_reads / 2;
	}
}

int main(void)
{
	static const unsigned int sizes[] = {1, 8, 32, 128};

	set_lengths();
	for (size_t i = 0; i < latch_variants_count(); i++)
		for (int accumulate = 0; accumulate < 2; accumulate++)
			for (size_t w = 0; w < sizeof(sizes) / sizeof(sizes[0]); w++)
				add_size(latch_variant_get(i), accumulate, sizes[w]);
	add(latch_variant_find("bank"), true, 28, "ways", test_bank_ways);
	add(latch_variant_find("bank"), false, 8, "stamps", test_bank_stamps);
	add(latch_variant_find("mpmc_cell"), false, 8, "dead writer", test_cell_dead_writer);
	add(latch_variant_find("ring"), false, 8, "dead writer", test_ring_dead_writer);
	return _cmocka_run_group_tests("contract", tests, test_count, NULL, NULL);
}
