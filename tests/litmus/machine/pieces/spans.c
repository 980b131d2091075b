/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who starts, restarts and ends a span, and who reads the table, as functions of their own, for the
 * proofs to disassemble. One bucket of one place, a key and a value of one word.
 */
#define inline inline __attribute__((always_inline))
#define KEYED_WAYS 1
#define KEYED_ALIGN 1
#include "latchkit/spans.h"

#define HASH 0

struct world {
	lk_u64 word, key, value;
};

static const lk_u64 one[] = {1}, two[] = {2};

/* A start of the value one in a free place. */
static inline int start(struct world *w)
{
	unsigned int place = 0;
	lk_u64 word = spans_own_free(&w->word, spans_tag(HASH), &place);

	if (!word)
		return -1;
	spans_write(&w->word, 0, one, 1, one, 1, word);
	return 0;
}

/* The next one: of the value two. */
int piece_spans_next(struct world *w)
{
	unsigned int place = 0;
	lk_u64 word = spans_own_free(&w->word, spans_tag(HASH), &place);

	if (!word)
		return -1;
	spans_write(&w->word, 0, one, 1, two, 1, word);
	return 0;
}

/* The same in the place of one that is there. */
int piece_spans_restart(struct world *w)
{
	unsigned int place = 0;
	lk_u64 word = spans_own_same(&w->word, one, 1, 1, spans_tag(HASH), &place);

	if (!word)
		return -1;
	spans_write(&w->word, 0, one, 1, two, 1, word);
	return 0;
}

static inline int take(struct world *w)
{
	struct spans_taken taken = {.count = 0};
	lk_u64 value[1] = {0};

	spans_take(&w->word, &w->word, 0, one, 1, 1, HASH, &taken);
	return spans_leave(&w->word, &w->word, &taken, 1, value, 1) ? (int)value[0] : -1;
}

int piece_spans_copy(struct world *w)
{
	const struct spans_table t = {
		.words = &w->word, .buckets = 1, .key_words = 1, .value_words = 1};
	lk_u64 key, value;

	return spans_copy(&t, 0, &key, &value) ? (int)(key + value) : -1;
}

/* A start, and its end by the same thread. */
int piece_spans_pair(struct world *w)
{
	return start(w) ? -1 : take(w);
}

int piece_spans_start(struct world *w)
{
	return start(w);
}

int piece_spans_take(struct world *w)
{
	return take(w);
}
