/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * mpmc_cell - slots, one counter, one atomic instruction per write; a reader retries only when
 * lapped. Two slots here; bank.h uses the same with more.
 *
 * The counter holds the generation in its upper 40 bits and, in the lower 24, how many writers
 * have tried to begin since the last commit: 0 when free. A writer begins by adding 1, one
 * instruction without a loop on x86, in C and in BPF (lock xadd), which also tells readers that a
 * slot is being written. The writer that finds 0 owns the cell; what the others added is
 * overwritten by the owner's commit, which stores the whole counter. Writers look before they add,
 * so at most those that run at once (a task, an interrupt and an NMI each count) are in the lower
 * bits: 2^24 would be needed to overflow them. The generation wraps after 2^40 writes; a reader
 * would have to sleep through exactly that many.
 *
 * Cost       write: one atomic operation; read: two loads beside the copy
 * Progress   writer wait-free (a second writer is refused); reader lock-free: it retries only when
 *            its own slot was written to again
 * Memory     LATCH_CONTROL_WORDS + SLOTS records
 *
 *   generation, tries   readable slot    being written      readers that saw generation g
 *   g, 0                g mod N          -                  accept
 *   g, 1 or more        g mod N          (g + 1) mod N      accept
 *   g + 1, 0            (g + 1) mod N    -                  accept: slot g mod N is untouched
 *   g + N - 1, 0        ...              -                  accept
 *   g + N - 1, 1        ...              g mod N            lapped: retry
 *
 * With seq = 2 * generation + (tries > 0) and N = 2, "lapped" is "seq advanced by 3 or more".
 *
 * Source     the posted mpmc_cell (bpf mailing list, January 2026) with the missing write barrier,
 *            a bounded begin and the lapped check; the counting begin is ours.
 */
#ifndef LATCHKIT_LATCH_MPMC_CELL_H
#define LATCHKIT_LATCH_MPMC_CELL_H

#include "../latch.h"

#define LATCH_CELL_GENERATION (1ULL << 24)
#define LATCH_CELL_TRIES (LATCH_CELL_GENERATION - 1)

#define latch_cell_words(slots, words) (LATCH_CONTROL_WORDS + (slots) * (words))

/* Returns the slot that is readable under `counter`; slots is a power of two. */
static LK_INLINE lk_u64 *latch_cell_slot(const lk_u64 *latch, lk_u64 counter, unsigned int slots,
					 unsigned int words)
{
	lk_u64 index = (counter / LATCH_CELL_GENERATION) & (slots - 1);

	return (lk_u64 *)latch + LATCH_CONTROL_WORDS + index * words;
}

/* Enter the write side. Returns 0 and the counter in *counter, or -LATCH_EBUSY. */
static LK_INLINE int latch_cell_begin(lk_u64 *latch, lk_u64 *counter)
{
	/* Relaxed: only a hint that keeps the count of tries small. */
	if (order_load_relaxed(latch) & LATCH_CELL_TRIES)
		return -LATCH_EBUSY;
	/* ORDER: acquire, or a delta could be applied to words older than the last commit; pairs
	 * with the release in latch_cell_commit(); mutant mpmc_cell-writers. */
	*counter = order_fetch_add_acquire(latch, 1);
	if (*counter & LATCH_CELL_TRIES)
		return -LATCH_EBUSY;
	/* ORDER: payload stores stay after the try is counted, or a reader could copy a slot that
	 * is being rewritten and find the counter unmoved; pairs with the recheck in
	 * latch_cell_read_part(); mutant mpmc_cell-no-wmb. */
	order_wmb_after_rmw();
	return 0;
}

/* Make the slot after `counter`'s the readable one and free the write side. */
static LK_INLINE void latch_cell_commit(lk_u64 *latch, lk_u64 counter)
{
	/* ORDER: payload stores stay before the new generation, or a reader could accept a slot
	 * that is not filled yet; pairs with the acquire in latch_cell_read_part(); mutant
	 * mpmc_cell-relaxed-commit. */
	order_store_release(latch, counter + LATCH_CELL_GENERATION);
}

/* Publish into the next slot. slots is a power of two, a compile-time constant. */
static LK_INLINE int latch_cell_publish(lk_u64 *latch, unsigned int slots, unsigned int words,
					const lk_u64 *record)
{
	lk_u64 counter;

	if (latch_cell_begin(latch, &counter))
		return -LATCH_EBUSY;
	latch_copy_in(latch_cell_slot(latch, counter + LATCH_CELL_GENERATION, slots, words), record,
		      words);
	latch_cell_commit(latch, counter);
	return 0;
}

/* Copy the readable slot to the next one, apply the delta there, commit. */
static LK_INLINE int latch_cell_accumulate(lk_u64 *latch, unsigned int slots, unsigned int words,
					   latch_apply_fn *apply, const void *delta)
{
	lk_u64 counter, *slot;

	if (latch_cell_begin(latch, &counter))
		return -LATCH_EBUSY;
	slot = latch_cell_slot(latch, counter + LATCH_CELL_GENERATION, slots, words);
	latch_copy_slot(slot, latch_cell_slot(latch, counter, slots, words), words);
	apply(slot, delta);
	latch_cell_commit(latch, counter);
	return 0;
}

/* True if the slot of generation `seen` (tries cleared) may have been written to since. */
static LK_INLINE int latch_cell_lapped(lk_u64 now, lk_u64 seen, unsigned int slots)
{
	return now - seen > (slots - 1) * LATCH_CELL_GENERATION;
}

/*
 * Copy `count` words from word `first` on out of the readable slot, whose size is `words`.
 * Returns retries, or -LATCH_EAGAIN.
 */
static LK_INLINE int latch_cell_read_part(const lk_u64 *latch, unsigned int slots,
					  unsigned int words, unsigned int first,
					  unsigned int count, lk_u64 *part, unsigned int tries)
{
	for (unsigned int i = 0; i < tries; i++) {
		/* ORDER: acquire, or the copy could be older than the generation; pairs with the
		 * release in latch_cell_commit(); mutant mpmc_cell-relaxed-read. */
		lk_u64 seen = order_load_acquire(latch) & ~LATCH_CELL_TRIES;

		latch_copy_out(part, latch_cell_slot(latch, seen, slots, words) + first, count);
		/* ORDER: the copy stays before the second look, or being lapped goes unseen; pairs
		 * with the write barrier in latch_cell_begin(); mutant mpmc_cell-no-recheck. */
		if (!latch_cell_lapped(order_load_recheck(latch), seen, slots))
			return (int)i;
	}
	return -LATCH_EAGAIN;
}

static LK_INLINE int latch_cell_read(const lk_u64 *latch, unsigned int slots, unsigned int words,
				     lk_u64 *record, unsigned int tries)
{
	return latch_cell_read_part(latch, slots, words, 0, words, record, tries);
}

#define latch_mpmc_cell_publish_words(words) latch_cell_words(2, words)
#define latch_mpmc_cell_accumulate_words(words) latch_cell_words(2, words)

/* Publish the record. Any context. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_mpmc_cell_publish(lk_u64 *latch, unsigned int words,
					     const lk_u64 *record, lk_u64 stamp)
{
	(void)stamp;
	return latch_cell_publish(latch, 2, words, record);
}

/* Apply the delta to a copy. Any context. Returns 0, or -LATCH_EBUSY. */
static LK_INLINE int latch_mpmc_cell_accumulate(lk_u64 *latch, unsigned int words,
						latch_apply_fn *apply, const void *delta)
{
	return latch_cell_accumulate(latch, 2, words, apply, delta);
}

/* Copy the newest record. Any context. Returns retries, or -LATCH_EAGAIN. */
static LK_INLINE int latch_mpmc_cell_read(const lk_u64 *latch, unsigned int words, lk_u64 *record,
					  unsigned int tries)
{
	return latch_cell_read(latch, 2, words, record, tries);
}

LATCH_READ_SUM_IS_READ(mpmc_cell)

#endif /* LATCHKIT_LATCH_MPMC_CELL_H */
