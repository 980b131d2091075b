/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * seqlock - one copy of the record and a counter that is odd while it is being written.
 *
 * A counterexample for NMI: correct between CPUs, but a reader that interrupts the writer waits
 * for the very program it interrupted. Here the reader is bounded and reports that it gave up.
 *
 * Cost       write: one atomic operation; read: two loads beside the copy
 * Progress   writer wait-free (a second writer is refused); reader blocking
 * Interrupts a writer may interrupt anyone (it is refused inside another writer);
 *            a reader must not interrupt a writer
 * Memory     LATCH_CONTROL_WORDS + the record
 *
 *   seq        record              a reader that looks now
 *   2g         value g             copies value g, accepts it if seq is still 2g
 *   2g + 1     being overwritten   retries; for ever, if it interrupted the writer
 *   2g + 2     value g + 1         copies value g + 1
 *
 * Source     the Linux sequence lock, by Lameter and Torvalds' account of the technique (2005);
 *            the try-lock is a compare-exchange of an even counter, one attempt.
 */
#ifndef LATCHKIT_LATCH_SEQLOCK_H
#define LATCHKIT_LATCH_SEQLOCK_H

#include "../latch.h"

#define latch_seqlock_publish_words(words) (LATCH_CONTROL_WORDS + (words))
#define latch_seqlock_accumulate_words(words) (LATCH_CONTROL_WORDS + (words))

/* Enter the write side. Returns 0 and the even counter in *seq, or -LATCH_EBUSY. */
static LK_INLINE int latch_seqlock_begin(lk_u64 *latch, lk_u64 *seq)
{
	/* Relaxed: a stale value only makes the compare-exchange fail. */
	lk_u64 even = order_load_relaxed(latch);

	if (even & 1)
		return -LATCH_EBUSY;
	/* ORDER: acquire, or a delta could be applied to words from before the last writer's;
	 * pairs with the release in latch_seqlock_commit(); mutant seqlock-writers. */
	if (order_cmpxchg_acquire(latch, even, even + 1) != even)
		return -LATCH_EBUSY;
	/* ORDER: payload stores stay after the odd counter, or a reader could copy new words under
	 * the old counter; pairs with the recheck in latch_seqlock_read(); mutant
	 * seqlock-no-wmb. */
	order_wmb_after_rmw();
	*seq = even;
	return 0;
}

static LK_INLINE void latch_seqlock_commit(lk_u64 *latch, lk_u64 seq)
{
	/* ORDER: payload stores stay before the even counter, or a reader could accept old words;
	 * pairs with the acquire in latch_seqlock_read(); mutant seqlock-relaxed-commit. */
	order_store_release(latch, seq + 2);
}

/* Publish the record. Any context. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_seqlock_publish(lk_u64 *latch, unsigned int words, const lk_u64 *record,
					   lk_u64 stamp)
{
	lk_u64 seq;

	(void)stamp;
	if (latch_seqlock_begin(latch, &seq))
		return -LATCH_EBUSY;
	latch_copy_in(latch + LATCH_CONTROL_WORDS, record, words);
	latch_seqlock_commit(latch, seq);
	return 0;
}

/* Apply the delta once, in place. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_seqlock_accumulate(lk_u64 *latch, unsigned int words,
					      latch_apply_fn *apply, const void *delta)
{
	lk_u64 seq;

	(void)words;
	if (latch_seqlock_begin(latch, &seq))
		return -LATCH_EBUSY;
	apply(latch + LATCH_CONTROL_WORDS, delta);
	latch_seqlock_commit(latch, seq);
	return 0;
}

/* Copy the record. Not for code that can interrupt a writer. Returns retries, -LATCH_EAGAIN. */
static LK_INLINE int latch_seqlock_read(const lk_u64 *latch, unsigned int words, lk_u64 *record,
					unsigned int tries)
{
	for (unsigned int i = 0; i < tries; i++) {
		/* ORDER: acquire, or the copy could be older than the counter says; pairs with the
		 * release in latch_seqlock_commit(); mutant seqlock-relaxed-read. */
		lk_u64 seq = order_load_acquire(latch);

		if (seq & 1)
			continue;
		latch_copy_out(record, latch + LATCH_CONTROL_WORDS, words);
		/* ORDER: the copy stays before the second look, or a write in between is missed;
		 * pairs with the write barrier in latch_seqlock_begin(); mutant
		 * seqlock-no-recheck. */
		if (order_load_recheck(latch) == seq)
			return (int)i;
	}
	return -LATCH_EAGAIN;
}

LATCH_READ_SUM_IS_READ(seqlock)

#endif /* LATCHKIT_LATCH_SEQLOCK_H */
