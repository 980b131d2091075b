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

#define TRIES 10000

struct subject {
	const struct latch_variant *variant;
	bool accumulate;
	unsigned int words;
};

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

struct seen {
	lk_u64 reads, torn, backward, changes;
};

/* Read until so many reads saw so many changes, or `seconds`, or until something torn was seen. */
static inline struct seen watch(const struct subject *s, const lk_u64 *latch, lk_u64 reads,
				lk_u64 changes, double seconds)
{
	lk_u64 record[LATCH_MAX_WORDS], last = 0;
	double end = now_s() + seconds;
	struct seen seen = {0};

	for (; (seen.reads < reads || seen.changes < changes) && !seen.torn; seen.reads++) {
		bool read = get(s, latch, record, TRIES) >= 0;

		/* A blocked reader is slow. */
		if ((!read || seen.reads % 256 == 0) && now_s() > end)
			break;
		if (!read)
			continue;
		seen.torn += torn(s, record);
		seen.backward += record[0] < last;
		seen.changes += record[0] != last;
		last = record[0];
	}
	return seen;
}

#endif /* LATCHKIT_TESTS_LATCH_RACE_H */
