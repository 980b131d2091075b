/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * mpmc_cell_posted - two slots and one counter, exactly as posted.
 *
 * Kept to be measured and judged; use mpmc_cell. Its known defects:
 *  - nothing orders the store of the counter before the stores to the slot, so that the Linux, C11
 *    and POWER models allow a torn read (S2.5);
 *  - fetch-or with its old value used is a compare-exchange loop on x86, in C and in BPF: a writer
 *    that is interrupted by writers often enough never gets through (S2.9);
 *  - a reader retries at every commit, although its slot was not touched by the first (S2.4);
 *  - two locked instructions per write (S2.6).
 *
 * Cost       write: two atomic operations; read: two loads beside the copy
 * Progress   writer lock-free (a second writer is refused); reader lock-free
 * Memory     LATCH_CONTROL_WORDS + 2 records
 *
 *   seq         readable slot  written slot  readers that saw 2g
 *   2g          g & 1          -             accept
 *   2g + 1      g & 1          (g + 1) & 1   accept
 *   2g + 2      (g + 1) & 1    -             retry, although slot g & 1 is still whole
 *
 * Source     "bpf: Add lock-free cell for NMI-safe async operations", RFC v3 of January 2026,
 *            bpf mailing list.
 */
#ifndef LATCHKIT_LATCH_MPMC_CELL_POSTED_H
#define LATCHKIT_LATCH_MPMC_CELL_POSTED_H

#include "../latch.h"

#define latch_mpmc_cell_posted_publish_words(words) (LATCH_CONTROL_WORDS + 2 * (words))
#define latch_mpmc_cell_posted_accumulate_words(words) (LATCH_CONTROL_WORDS + 2 * (words))

/* Returns the readable slot under counter `seq`. */
static LK_INLINE const lk_u64 *latch_mpmc_cell_posted_readable(const lk_u64 *latch, lk_u64 seq,
							       unsigned int words)
{
	return latch + LATCH_CONTROL_WORDS + ((seq >> 1) & 1) * words;
}

/* Enter the write side. Returns 0 and the even counter in *seq, or -LATCH_EBUSY. */
static LK_INLINE int latch_mpmc_cell_posted_begin(lk_u64 *latch, lk_u64 *seq)
{
	/* ORDER: acquire, as posted: pairs with the release in latch_mpmc_cell_posted_commit().
	 * What is missing is a write barrier after it; mutant mpmc_cell_posted-relaxed-begin. */
	*seq = order_fetch_or_acquire(latch, 1);
	return *seq & 1 ? -LATCH_EBUSY : 0;
}

static LK_INLINE void latch_mpmc_cell_posted_commit(lk_u64 *latch)
{
	/* ORDER: release, or a reader could see the new generation before its words; pairs with
	 * the acquire in latch_mpmc_cell_posted_read(); mutant
	 * mpmc_cell_posted-relaxed-commit. */
	(void)order_fetch_add_release(latch, 1);
}

/* Publish the record. Any context. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_mpmc_cell_posted_publish(lk_u64 *latch, unsigned int words,
						    const lk_u64 *record, lk_u64 stamp)
{
	lk_u64 seq;

	(void)stamp;
	if (latch_mpmc_cell_posted_begin(latch, &seq))
		return -LATCH_EBUSY;
	latch_copy_in((lk_u64 *)latch_mpmc_cell_posted_readable(latch, seq + 2, words), record,
		      words);
	latch_mpmc_cell_posted_commit(latch);
	return 0;
}

/* Copy the record to the other slot and apply the delta there. Returns 0 or -LATCH_EBUSY. */
static LK_INLINE int latch_mpmc_cell_posted_accumulate(lk_u64 *latch, unsigned int words,
						       latch_apply_fn *apply, const void *delta)
{
	lk_u64 seq, *slot;

	if (latch_mpmc_cell_posted_begin(latch, &seq))
		return -LATCH_EBUSY;
	slot = (lk_u64 *)latch_mpmc_cell_posted_readable(latch, seq + 2, words);
	latch_copy_slot(slot, latch_mpmc_cell_posted_readable(latch, seq, words), words);
	apply(slot, delta);
	latch_mpmc_cell_posted_commit(latch);
	return 0;
}

/* Copy the newest record. Any context. Returns retries, or -LATCH_EAGAIN. */
static LK_INLINE int latch_mpmc_cell_posted_read(const lk_u64 *latch, unsigned int words,
						 lk_u64 *record, unsigned int tries)
{
	for (unsigned int i = 0; i < tries; i++) {
		/* ORDER: acquire, or the copy could be older than the generation; pairs with the
		 * release in latch_mpmc_cell_posted_commit(); mutant
		 * mpmc_cell_posted-relaxed-read. */
		lk_u64 seq = order_load_acquire(latch) & ~1ULL;

		latch_copy_out(record, latch_mpmc_cell_posted_readable(latch, seq, words), words);
		/* ORDER: the copy stays before the second look; its partner is the barrier that
		 * the posted begin lacks; mutant mpmc_cell_posted-no-recheck. */
		if ((order_load_recheck(latch) & ~1ULL) == seq)
			return (int)i;
	}
	return -LATCH_EAGAIN;
}

LATCH_READ_SUM_IS_READ(mpmc_cell_posted)

#endif /* LATCHKIT_LATCH_MPMC_CELL_POSTED_H */
