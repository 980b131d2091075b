/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * seqcount_latch_posted - two copies, a counter and a try-lock, as e-mailed.
 *
 * Kept to be measured and judged; use seqcount_latch, with which it shares cost, memory and states.
 * Its known defect: the lock is released by a relaxed store, so that on everything but x86 the next
 * writer can overlap with the stores of the one before it, and a reader can accept a torn record
 * (S2.5).
 *
 * Progress   writer wait-free (a second writer is refused); reader lock-free
 *
 * Source     the sketch in a reply of 9 January 2026 to the mpmc_cell posting, bpf mailing list,
 *            on top of the kernel's latch sequence counter.
 */
#ifndef LATCHKIT_LATCH_SEQCOUNT_LATCH_POSTED_H
#define LATCHKIT_LATCH_SEQCOUNT_LATCH_POSTED_H

#include "seqcount_latch.h"

#define latch_seqcount_latch_posted_publish_words(words) latch_seqcount_latch_publish_words(words)
#define latch_seqcount_latch_posted_accumulate_words(words) \
	latch_seqcount_latch_accumulate_words(words)

static LK_INLINE int latch_seqcount_latch_posted_begin(lk_u64 *latch)
{
	/* ORDER: full, as e-mailed; its partner would be a releasing unlock, which is missing;
	 * mutant seqcount_latch_posted-relaxed-begin. */
	return order_cmpxchg_full(latch + LATCH_SEQCOUNT_LATCH_LOCK, 0, 1) ? -LATCH_EBUSY : 0;
}

/* Relaxed, as e-mailed: this is the defect. */
static LK_INLINE void latch_seqcount_latch_posted_end(lk_u64 *latch)
{
	order_store_relaxed(latch + LATCH_SEQCOUNT_LATCH_LOCK, 0);
}

/* Publish the record. Any context. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_seqcount_latch_posted_publish(lk_u64 *latch, unsigned int words,
							 const lk_u64 *record, lk_u64 stamp)
{
	(void)stamp;
	if (latch_seqcount_latch_posted_begin(latch))
		return -LATCH_EBUSY;
	latch_seqcount_latch_store(latch, words, record);
	latch_seqcount_latch_posted_end(latch);
	return 0;
}

/* Apply the delta to both copies. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_seqcount_latch_posted_accumulate(lk_u64 *latch, unsigned int words,
							    latch_apply_fn *apply,
							    const void *delta)
{
	if (latch_seqcount_latch_posted_begin(latch))
		return -LATCH_EBUSY;
	latch_seqcount_latch_apply(latch, words, apply, delta);
	latch_seqcount_latch_posted_end(latch);
	return 0;
}

/* Copy the newest record. Any context. Returns retries, or -LATCH_EAGAIN. */
static LK_INLINE int latch_seqcount_latch_posted_read(const lk_u64 *latch, unsigned int words,
						      lk_u64 *record, unsigned int tries)
{
	return latch_seqcount_latch_read(latch, words, record, tries);
}

LATCH_READ_SUM_IS_READ(seqcount_latch_posted)

#endif /* LATCHKIT_LATCH_SEQCOUNT_LATCH_POSTED_H */
