/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The operations of one latch as functions of their own, for the proofs to disassemble.
 * PIECE_WORDS: words of a record.
 */
#include "latchkit/latch.h"

#ifndef PIECE_WORDS
#define PIECE_WORDS 2
#endif

static LK_INLINE void piece_apply(lk_u64 *record, const void *delta)
{
	lk_u64 by = *(const lk_u64 *)delta;

	for (unsigned int i = 0; i < PIECE_WORDS; i++)
		latch_word_set(record, i, latch_word_get(record, i) + by);
}

static LK_INLINE void piece_merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < PIECE_WORDS; i++)
		into[i] += from[i];
}

int piece_publish(lk_u64 *latch, const lk_u64 *record, lk_u64 stamp)
{
	return latch_publish(latch, PIECE_WORDS, record, stamp);
}

int piece_accumulate(lk_u64 *latch, const void *delta)
{
	return latch_accumulate(latch, PIECE_WORDS, piece_apply, delta);
}

int piece_read(const lk_u64 *latch, lk_u64 *record)
{
	return latch_read(latch, PIECE_WORDS, record, 1);
}

int piece_read_sum(const lk_u64 *latch, lk_u64 *record, lk_u64 *scratch)
{
	return latch_read_sum(latch, PIECE_WORDS, record, scratch, 1, piece_merge);
}

/* Tell another thread something, and hear it: what was written before is seen by who has heard. */
int piece_tell(lk_u64 *word)
{
	order_store_release(word, 1);
	return 0;
}

int piece_hear(const lk_u64 *word)
{
	return (int)order_load_acquire(word);
}
