/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ring - N slots, a generation that readers look at and, on a cache line of its own, a claim that
 * only writers touch; a reader retries only when lapped N - 2 times.
 *
 * For records that are overwritten often and read often. What a read costs then is waiting for
 * cache lines that the writer changed. So a write changes the readers' line once, at its commit,
 * not at its begin; and a reader, when done, asks for the slot that is filled next, so that by the
 * time its generation shows, the slot is on its way. Measured: `latchkit bench latch --scenario
 * ring`.
 *
 * The price: readers cannot see whether a writer is active, and must assume that the slot after
 * the newest one is being written. With 2 slots each commit makes that the reader's own slot: these
 * are the retries of mpmc_cell_posted.
 *
 * A writer begins by adding 1 to the claim, as in mpmc_cell.h; the owner stores 0 when done. The
 * generation has 64 bits and does not wrap.
 *
 * Cost       write: one atomic operation; read: two loads beside the copy
 * Progress   writer wait-free (a second writer is refused); reader lock-free, in practice one try:
 *            to be lapped it must be slower than N - 2 whole writes
 * Memory     2 * LATCH_CONTROL_WORDS + LATCH_RING_SLOTS records
 *
 *   generation   claim       readable slot    being written          readers that saw generation g
 *   g            0           g mod N          -                      accept
 *   g            1 or more   g mod N          (g + 1) mod N          accept
 *   g + N - 2    1 or more   ...              (g + N - 1) mod N      accept: slot g is untouched
 *   g + N - 1    0           ...              -                      retry, as in the next line
 *   g + N - 1    1 or more   ...              g mod N                lapped: retry
 *
 * Source     the slots and the lapped check are mpmc_cell's; a claim apart from the generation is
 *            seqcount_latch's try-lock; two cache lines and the request for the next slot are ours.
 */
#ifndef LATCHKIT_LATCH_RING_H
#define LATCHKIT_LATCH_RING_H

#include "../latch.h"

/* A power of two, 2 or more. */
#ifndef LATCH_RING_SLOTS
#define LATCH_RING_SLOTS 8
#endif
LK_STATIC_ASSERT(LATCH_RING_SLOTS >= 2 && !(LATCH_RING_SLOTS & (LATCH_RING_SLOTS - 1)),
		 "LATCH_RING_SLOTS must be a power of two");

/* Words of a cache line; where lines are longer, some are asked for twice. */
#define LATCH_RING_LINE 8

/* Word 0 is the generation. */
#define LATCH_RING_CLAIM LATCH_CONTROL_WORDS
#define LATCH_RING_FIRST (2 * LATCH_CONTROL_WORDS)

#define latch_ring_publish_words(words) (LATCH_RING_FIRST + LATCH_RING_SLOTS * (words))
#define latch_ring_accumulate_words(words) latch_ring_publish_words(words)

/* Returns the slot of a generation. */
static LK_INLINE lk_u64 *latch_ring_slot(const lk_u64 *latch, lk_u64 generation, unsigned int words)
{
	return (lk_u64 *)latch + LATCH_RING_FIRST + (generation & (LATCH_RING_SLOTS - 1)) * words;
}

/* Ask for the cache lines of the slot that is filled after `generation`'s. No access, no order. */
static LK_INLINE void latch_ring_ask_for_next(const lk_u64 *latch, lk_u64 generation,
					      unsigned int words)
{
	const lk_u64 *next = latch_ring_slot(latch, generation + 1, words);

	for (unsigned int i = 0; i < words; i += LATCH_RING_LINE)
		order_prefetch(next + i);
}

/* Enter the write side. Returns 0 and the newest generation, or -LATCH_EBUSY. */
static LK_INLINE int latch_ring_begin(lk_u64 *latch, lk_u64 *generation)
{
	/* Relaxed: only a hint that keeps the claim small. */
	if (order_load_relaxed(latch + LATCH_RING_CLAIM))
		return -LATCH_EBUSY;
	/* ORDER: acquire, or the generation and the words read below could be older than the last
	 * commit; pairs with the release of the claim in latch_ring_end(); mutant ring-writers. */
	if (order_fetch_add_acquire(latch + LATCH_RING_CLAIM, 1))
		return -LATCH_EBUSY;
	/* ORDER: payload stores stay after the claim, hence after the commit of the writer before,
	 * or a reader could copy a slot that is being rewritten and find the generation too old to
	 * tell; pairs with the recheck in latch_ring_read(); mutant ring-no-wmb. */
	order_wmb_after_rmw();
	/* Relaxed: only the owner moves it. */
	*generation = order_load_relaxed(latch);
	return 0;
}

/* Make the slot after `generation`'s the readable one and leave the write side. */
static LK_INLINE void latch_ring_end(lk_u64 *latch, lk_u64 generation)
{
	/* ORDER: payload stores stay before the new generation, or a reader could accept a slot
	 * that is not filled yet; pairs with the acquire in latch_ring_read(); mutant
	 * ring-relaxed-commit. */
	order_store_release(latch, generation + 1);
	/* ORDER: the new generation stays before the end of the claim; pairs with the acquire in
	 * latch_ring_begin(); mutant ring-relaxed-end. */
	order_store_release(latch + LATCH_RING_CLAIM, 0);
}

/* Publish the record. Any context. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_ring_publish(lk_u64 *latch, unsigned int words, const lk_u64 *record,
					lk_u64 stamp)
{
	lk_u64 generation;

	(void)stamp;
	if (latch_ring_begin(latch, &generation))
		return -LATCH_EBUSY;
	latch_copy_in(latch_ring_slot(latch, generation + 1, words), record, words);
	latch_ring_end(latch, generation);
	return 0;
}

/* Apply the delta to a copy in the next slot. Any context. Returns 0, or -LATCH_EBUSY. */
static LK_INLINE int latch_ring_accumulate(lk_u64 *latch, unsigned int words, latch_apply_fn *apply,
					   const void *delta)
{
	lk_u64 generation, *slot;

	if (latch_ring_begin(latch, &generation))
		return -LATCH_EBUSY;
	slot = latch_ring_slot(latch, generation + 1, words);
	latch_copy_slot(slot, latch_ring_slot(latch, generation, words), words);
	apply(slot, delta);
	latch_ring_end(latch, generation);
	return 0;
}

/* Copy the newest record. Any context. Returns retries, or -LATCH_EAGAIN. */
static LK_INLINE int latch_ring_read(const lk_u64 *latch, unsigned int words, lk_u64 *record,
				     unsigned int tries)
{
	for (unsigned int i = 0; i < tries; i++) {
		/* ORDER: acquire, or the copy could be older than the generation; pairs with the
		 * commit in latch_ring_end(); mutant ring-relaxed-read. */
		lk_u64 seen = order_load_acquire(latch);

		latch_copy_out(record, latch_ring_slot(latch, seen, words), words);
		/* ORDER: the copy stays before the second look, or being lapped goes unseen; pairs
		 * with the write barrier in latch_ring_begin(); mutant ring-no-recheck. */
		if (order_load_recheck(latch) - seen <= LATCH_RING_SLOTS - 2) {
			latch_ring_ask_for_next(latch, seen, words);
			return (int)i;
		}
	}
	return -LATCH_EAGAIN;
}

LATCH_READ_SUM_IS_READ(ring)

#endif /* LATCHKIT_LATCH_RING_H */
