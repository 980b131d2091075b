/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * raw - no protection at all.
 *
 * A counterexample, and the physical limit of what a copy costs. Readers see torn records as soon
 * as a writer runs beside them; two writers lose updates. Never use it for data that matters.
 *
 * Cost       one store per word to write, one load per word to read
 * Progress   writer and reader wait-free
 * Interrupts anyone may interrupt anyone; the result is then torn
 * Memory     the record
 * Source     what programs do today when they store to a memory-mapped map
 */
#ifndef LATCHKIT_LATCH_RAW_H
#define LATCHKIT_LATCH_RAW_H

#include "../latch.h"

#define latch_raw_publish_words(words) (words)
#define latch_raw_accumulate_words(words) (words)

/* Store the record over the old one. Returns 0. Orders nothing. */
static LK_INLINE int latch_raw_publish(lk_u64 *latch, unsigned int words, const lk_u64 *record,
				       lk_u64 stamp)
{
	(void)stamp;
	latch_copy_in(latch, record, words);
	return 0;
}

/* Apply the delta in place. Returns 0. Orders nothing. */
static LK_INLINE int latch_raw_accumulate(lk_u64 *latch, unsigned int words, latch_apply_fn *apply,
					  const void *delta)
{
	(void)words;
	apply(latch, delta);
	return 0;
}

/* Copy whatever is there. Returns 0: a torn record is not noticed. Orders nothing. */
static LK_INLINE int latch_raw_read(const lk_u64 *latch, unsigned int words, lk_u64 *record,
				    unsigned int tries)
{
	(void)tries;
	latch_copy_out(record, latch, words);
	return 0;
}

LATCH_READ_SUM_IS_READ(raw)

#endif /* LATCHKIT_LATCH_RAW_H */
