// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_contract.c - the contract of latch.h, for every line of variants.def: both workloads, four
 * sizes, one thread, two threads, two writers, and calls from inside a write as an interrupt would
 * make them. The counterexamples must be seen to break it.
 *
 * The oracle: related fields. Word i of a record is a function of word 0, so that a record put
 * together from two generations shows.
 */
#include "tests/latch_race.h"

#define CHANGES 1000

static lk_u64 race_reads = 200000, race_writes;

static lk_u64 *latch_new(const struct subject *s)
{
	size_t bytes = (latch_words(s) * 8 + 63) / 64 * 64;
	void *memory = aligned_alloc(64, bytes);

	assert_non_null(memory);
	return memset(memory, 0, bytes);
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
		assert_false(torn(s, record));
	}
	free(latch);
}

/* -- two threads ------------------------------------------------------------------------------ */

static void begin(struct race *r, const struct subject *s)
{
	skip_with_reason(one_cpu());
	*r = (struct race){.subject = *s, .latch = latch_new(s)};
	race_start(r, race_writer, 0);
}

static void test_race(void **state)
{
	struct seen seen;
	struct race r;

	begin(&r, *state);
	seen = race_watch(&r, race_reads, CHANGES);
	race_stop(&r);
	if (r.subject.accumulate)
		assert_int_equal(race_left(&r), r.accepted);
	free(r.latch);
	assert_seen(&r.subject, &seen);
}

/* -- two writers ------------------------------------------------------------------------------ */

struct contest {
	lk_u64 writes, torn, lost;
	bool refused; /* a write after both had ended */
};

/* Write against another writer; what is read in between must be whole, the total must be right. */
static struct contest compete(const struct subject *s, lk_u64 writes)
{
	lk_u64 record[LATCH_MAX_WORDS], accepted = 0;
	struct contest seen = {0};
	struct race r;

	begin(&r, s);
	while (!order_load_relaxed(&r.accepted))
		sched_yield(); /* until there are two */
	for (; seen.writes < writes && !seen.torn; seen.writes++) {
		accepted += put(s, r.latch, seen.writes + 1) == 0;
		if (get(s, r.latch, record, TRIES) >= 0)
			seen.torn += torn(s, record);
	}
	race_stop(&r);
	if (s->accumulate)
		seen.lost = accepted + r.accepted - race_left(&r);
	seen.refused = put(s, r.latch, UINT32_MAX) != 0;
	free(r.latch);
	return seen;
}

/* `raw` must lose updates; a machine that is busy elsewhere gets more time. */
static void test_two_writers(void **state)
{
	const bool must_fail = is_raw(*state);
	double end = now_s() + 20;
	struct contest seen;

	do {
		seen = compete(*state, race_writes);
	} while (must_fail && !seen.torn && !seen.lost && now_s() < end);
	assert_int_equal(seen.torn || seen.lost, must_fail);
	assert_true(must_fail || !seen.refused);
}

/* -- an interrupt in the middle of a write ---------------------------------------------------- */

static struct {
	const struct subject *subject;
	lk_u64 *latch;
	unsigned int depth, deepest; /* of nested writes */
	void (*interrupt)(void); /* what comes in the middle of a write, or NULL */
	lk_u64 accepted, refused, reads, gave_up, torn;
} nest;

static bool is_seqlock(const struct subject *s)
{
	return strcmp(s->variant->name, "seqlock") == 0;
}

static void nested_read(void)
{
	lk_u64 record[LATCH_MAX_WORDS];

	nest.reads++;
	if (get(nest.subject, nest.latch, record, 10) < 0)
		nest.gave_up++;
	else
		nest.torn += torn(nest.subject, record);
}

static void apply_interrupted(lk_u64 *record, const void *delta)
{
	for (unsigned int i = 0; i < oracle_words; i++) {
		latch_word_set(record, i,
			       latch_word_get(record, i) + *(const lk_u64 *)delta * (i + 1));
		if (i == oracle_words / 2)
			nest.interrupt();
	}
}

static void nested_write(void)
{
	const struct subject *s = nest.subject;
	lk_u64 one = 1;

	if (s->variant->ops->accumulate(nest.latch, s->words, apply_interrupted, &one) == 0)
		nest.accepted++;
	else
		nest.refused++;
}

static void nested_both(void)
{
	nested_read();
	if (nest.depth >= nest.deepest)
		return;
	nest.depth++;
	nested_write();
	nest.depth--;
	nested_read();
}

static void nest_run(const struct subject *s, void (*interrupt)(void), unsigned int deepest)
{
	memset(&nest, 0, sizeof(nest));
	nest.subject = s;
	nest.latch = latch_new(s);
	nest.interrupt = interrupt;
	nest.deepest = deepest;
	oracle_words = s->words;
	for (int i = 0; i < 10; i++)
		nested_write();
}

static void assert_total(const struct subject *s)
{
	lk_u64 record[LATCH_MAX_WORDS];

	assert_int_equal(get(s, nest.latch, record, 1), 0);
	assert_false(torn(s, record));
	assert_int_equal(record[0], nest.accepted);
	free(nest.latch);
}

/*
 * Readers get a whole record, writers are refused (or have a way of their own), nothing is lost. A
 * reader of `raw` sees a torn one, one of a seqlock gives up.
 */
static void test_nested(void **state)
{
	const struct subject *s = *state;
	bool gives_up = is_seqlock(s), ways = strcmp(s->variant->refuses, "full") == 0;
	bool reads_only = is_raw(s) || gives_up;

	nest_run(s, reads_only ? nested_read : nested_both, 1);
	assert_true(nest.reads > 0);
	assert_int_equal(nest.torn > 0, is_raw(s));
	assert_int_equal(nest.gave_up, gives_up ? nest.reads : 0);
	assert_int_equal(nest.refused > 0, !ways && !reads_only);
	if (!ways)
		assert_int_equal(nest.accepted, 10);
	assert_total(s);
}

/* -- what only one variant promises ----------------------------------------------------------- */

static lk_u64 bank_memory[4096];

/* Fill all ways but `spare`, as writers that were interrupted would, and write. */
static int bank_write(const struct latch_ops *ops, unsigned int spare)
{
	lk_u64 one = 1;

	memset(bank_memory, 0, sizeof(bank_memory));
	for (unsigned int way = 0; way < 4 - spare; way++)
		bank_memory[way * 64 + 1] = 1; /* the lock of that way, for records of 28 words */
	oracle_words = 28;
	return ops->accumulate(bank_memory, 28, apply, &one);
}

static void test_bank_ways(void **state)
{
	const struct latch_ops *ops = ((const struct subject *)*state)->variant->ops;

	assert_int_equal(ops->accumulate_words(28), 4 * 64);
	for (unsigned int spare = 4; spare >= 1; spare--)
		assert_int_equal(bank_write(ops, spare), 0);
	assert_int_equal(bank_write(ops, 0), -LATCH_EBUSY);
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

	memset(bank_memory, 0, sizeof(bank_memory));
	assert_int_equal(bank_publish_read(ops, 20, 20), 20);
	assert_int_equal(bank_publish_read(ops, 10, 10), 20);
	bank_memory[8] |= 1; /* way 0 is busy: the next one goes to way 1 */
	assert_int_equal(bank_publish_read(ops, 15, 15), 20);
	assert_int_not_equal(bank_memory[8 + way], 0);
	assert_int_equal(bank_publish_read(ops, 30, 30), 30);
	bank_equal_stamps(ops, way);
	memset(bank_memory, 0, sizeof(bank_memory));
	for (lk_u64 value = 1; value < 50; value++)
		assert_int_equal(bank_publish_read(ops, value, LATCH_STAMP_COUNTER), value);
}

/* A latch whose writer died refuses for ever, and is not damaged by the refusing. */
static void test_dead_writer(void **state)
{
	const struct subject *s = *state;
	const struct latch_ops *ops = s->variant->ops;
	const unsigned int claim = strcmp(s->variant->name, "ring") ? 0 : 8;
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

/* -- the list of tests ------------------------------------------------------------------------ */

static void add(const struct latch_variant *v, bool accumulate, unsigned int words,
		const char *what, CMUnitTestFunction function)
{
	struct subject *s;

	if (!v)
		return; /* variants.def without it, as tests/mutants makes one */
	s = calloc(1, sizeof(*s));
	assert_non_null(s);
	*s = (struct subject){.variant = v, .accumulate = accumulate, .words = words};
	test_add(function, s, "%s %s %u: %s", v->name, accumulate ? "accumulate" : "publish", words,
		 what);
}

static void add_size(const struct latch_variant *v, bool accumulate, unsigned int words)
{
	const struct subject s = {v, accumulate, words};
	const bool raw = is_raw(&s);

	add(v, accumulate, words, "alone", test_alone);
	add(v, accumulate, words, raw && words > 1 ? "must tear" : "two threads", test_race);
	if (!raw || accumulate)
		add(v, accumulate, words, raw ? "two writers must lose" : "two writers",
		    test_two_writers);
	if (accumulate && words > 1)
		add(v, true, words,
		    raw		     ? "nested reader must tear"
		    : is_seqlock(&s) ? "nested reader must give up"
				     : "nested",
		    test_nested);
}

int main(void)
{
	static const unsigned int sizes[] = {1, 8, 32, 128};

	/* Shorter or longer races, for slow or patient machines. */
	race_reads = setting("LATCHKIT_READS", race_reads);
	race_writes = race_reads / 2;
	for (size_t i = 0; i < latch_variants_count(); i++)
		for (int accumulate = 0; accumulate < 2; accumulate++)
			for (size_t w = 0; w < sizeof(sizes) / sizeof(sizes[0]); w++)
				add_size(latch_variant_get(i), accumulate, sizes[w]);
	add(latch_variant_find("bank"), true, 28, "ways", test_bank_ways);
	add(latch_variant_find("bank"), false, 8, "stamps", test_bank_stamps);
	add(latch_variant_find("mpmc_cell"), false, 8, "dead writer", test_dead_writer);
	add(latch_variant_find("ring"), false, 8, "dead writer", test_dead_writer);
	return tests_run("contract", NULL, NULL);
}
