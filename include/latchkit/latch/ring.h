/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ring - mpmc_cell with N slots: a reader retries only when lapped N - 1 times.
 *
 * For records that are overwritten often and read often. Everything said in mpmc_cell.h holds;
 * only the number of slots, and with it the memory, differs.
 *
 * Cost       write: one atomic operation; read: two loads beside the copy
 * Progress   writer wait-free (a second writer is refused); reader lock-free, in practice one try:
 *            to be lapped it must be slower than N - 1 whole writes
 * Interrupts anyone may interrupt anyone
 * Memory     LATCH_CONTROL_WORDS + LATCH_RING_SLOTS records
 * States     the table in mpmc_cell.h with N = LATCH_RING_SLOTS
 * Source     ours, from the posted mpmc_cell
 */
#ifndef LATCHKIT_LATCH_RING_H
#define LATCHKIT_LATCH_RING_H

#include "mpmc_cell.h"

/* A power of two, 2 or more. */
#ifndef LATCH_RING_SLOTS
#define LATCH_RING_SLOTS 8
#endif
_Static_assert(LATCH_RING_SLOTS >= 2 && !(LATCH_RING_SLOTS & (LATCH_RING_SLOTS - 1)),
	       "LATCH_RING_SLOTS must be a power of two");

#define latch_ring_publish_words(words) latch_cell_words(LATCH_RING_SLOTS, words)
#define latch_ring_accumulate_words(words) latch_cell_words(LATCH_RING_SLOTS, words)

/* Publish the record. Any context. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_ring_publish(lk_u64 *latch, unsigned int words, const lk_u64 *record,
					lk_u64 stamp)
{
	(void)stamp;
	return latch_cell_publish(latch, LATCH_RING_SLOTS, words, record);
}

/* Apply the delta to a copy. Any context. Returns 0, or -LATCH_EBUSY. */
static LK_INLINE int latch_ring_accumulate(lk_u64 *latch, unsigned int words, latch_apply_fn *apply,
					   const void *delta)
{
	return latch_cell_accumulate(latch, LATCH_RING_SLOTS, words, apply, delta);
}

/* Copy the newest record. Any context. Returns retries, or -LATCH_EAGAIN. */
static LK_INLINE int latch_ring_read(const lk_u64 *latch, unsigned int words, lk_u64 *record,
				     unsigned int tries)
{
	return latch_cell_read(latch, LATCH_RING_SLOTS, words, record, tries);
}

/* As latch_ring_read(). */
static LK_INLINE int latch_ring_read_sum(const lk_u64 *latch, unsigned int words, lk_u64 *record,
					 lk_u64 *scratch, unsigned int tries, latch_merge_fn *merge)
{
	(void)scratch;
	(void)merge;
	return latch_cell_read(latch, LATCH_RING_SLOTS, words, record, tries);
}

#endif /* LATCHKIT_LATCH_RING_H */
