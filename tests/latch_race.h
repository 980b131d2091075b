/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * latch_race.h - what tests of the latches in user space share, for both workloads: how a record is
 * written and read, the oracle of bpf/oracle.h, and a reader that judges while another writes.
 */
#ifndef LATCHKIT_TESTS_LATCH_RACE_H
#define LATCHKIT_TESTS_LATCH_RACE_H

#include "latch/table.h"
#include "tests/test.h"

/* The words of the records that this thread is at. */
static __thread unsigned int oracle_words;
#define ORACLE_WORDS oracle_words
#include "bpf/oracle.h"

#define TRIES 100000

struct subject {
	const struct latch_variant *variant;
	bool accumulate;
	unsigned int words;
};

/* The variant that is no latch, and must be seen to fail. */
static inline bool is_raw(const struct subject *s)
{
	return strcmp(s->variant->name, "raw") == 0;
}

/* Words of its latch memory. */
static inline size_t latch_words(const struct subject *s)
{
	const struct latch_ops *ops = s->variant->ops;

	return s->accumulate ? ops->accumulate_words(s->words) : ops->publish_words(s->words);
}

/* Write generation n: publish it, or add 1. Returns what the latch does. */
static inline int put(const struct subject *s, lk_u64 *latch, lk_u64 n)
{
	lk_u64 record[LATCH_MAX_WORDS], one = 1;

	oracle_words = s->words;
	if (s->accumulate)
		return s->variant->ops->accumulate(latch, s->words, apply, &one);
	fill(record, n);
	return s->variant->ops->publish(latch, s->words, record, n);
}

/* Read a record. Returns what the latch does. */
static inline int get(const struct subject *s, const lk_u64 *latch, lk_u64 *record,
		      unsigned int tries)
{
	oracle_words = s->words;
	if (s->accumulate)
		return s->variant->ops->read_sum(latch, s->words, record, tries, merge);
	return s->variant->ops->read(latch, s->words, record, tries);
}

static inline bool torn(const struct subject *s, const lk_u64 *record)
{
	oracle_words = s->words;
	return torn_record(record, s->accumulate);
}

/* -- a reader and a writer -------------------------------------------------------------------- */

/* A latch that another thread writes to. */
struct race {
	struct subject subject;
	lk_u64 *latch;
	int cpu; /* the writer's */
	lk_u64 accepted, stop; /* the writer's, too */
	pthread_t writer;
};

/* A writer: publish one generation after the other, or add 1. */
static inline void *race_writer(void *arg)
{
	struct race *r = arg;

	pin(r->cpu);
	for (lk_u64 n = 1; !order_load_relaxed(&r->stop); n++)
		if (put(&r->subject, r->latch, n) == 0)
			order_store_relaxed(&r->accepted, r->accepted + 1);
	return NULL;
}

/* Start the writer on CPU 0 or 1, and stay on the other one. */
static inline void race_start(struct race *r, void *(*writer)(void *arg), int cpu)
{
	r->cpu = cpu;
	r->stop = 0;
	pin(!cpu);
	assert_int_equal(pthread_create(&r->writer, NULL, writer, r), 0);
}

static inline void race_stop(struct race *r)
{
	void *failed;

	order_store_relaxed(&r->stop, 1);
	pthread_join(r->writer, &failed);
	assert_null(failed);
}

/* Returns the first word of the record that is left. */
static inline lk_u64 race_left(const struct race *r)
{
	lk_u64 record[LATCH_MAX_WORDS];

	assert_int_equal(get(&r->subject, r->latch, record, TRIES), 0);
	return record[0];
}

struct seen {
	lk_u64 reads, torn, backward, changes;
};

/*
 * Read until so many reads saw so many changes, or for 5 s, or until something torn was seen. What
 * must tear gets more time, on a machine that is busy elsewhere.
 */
static inline struct seen race_watch(const struct race *r, lk_u64 reads, lk_u64 changes)
{
	const bool must_tear = is_raw(&r->subject) && r->subject.words > 1;
	lk_u64 record[LATCH_MAX_WORDS], last = 0;
	double end = now_s() + (must_tear ? 20 : 5);
	struct seen seen = {0};

	for (; (must_tear || seen.reads < reads || seen.changes < changes) && !seen.torn;
	     seen.reads++) {
		bool read = get(&r->subject, r->latch, record, TRIES) >= 0;

		/* A blocked reader is slow. */
		if ((!read || seen.reads % 256 == 0) && now_s() > end)
			break;
		if (!read)
			continue;
		seen.torn += torn(&r->subject, record);
		seen.backward += record[0] < last;
		seen.changes += record[0] != last;
		last = record[0];
	}
	return seen;
}

static inline void assert_seen(const struct subject *s, const struct seen *seen)
{
	const bool must_tear = is_raw(s) && s->words > 1;

	assert_true(seen->changes > 0 || seen->torn);
	assert_int_equal(seen->torn > 0, must_tear);
	assert_true(must_tear || !seen->backward);
}

#endif /* LATCHKIT_TESTS_LATCH_RACE_H */
