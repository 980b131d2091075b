/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bank - several latches side by side; a writer takes the first free one.
 *
 * For writers that nest or are preempted in the middle: a task, a softirq, a hardirq and an NMI
 * on one CPU each get a latch ("way") of their own. Up to LATCH_BANK_WAYS writers at once are never
 * refused. Publishing uses rings, of which a reader takes the newest record; accumulating uses
 * seqcount latches, of which it takes the sum.
 *
 * Cost       write: one atomic operation for each way that is found busy, plus one; read: as one
 *            latch plus a load until writers overflow the first way, then as all ways in use
 * Progress   writer wait-free, at most LATCH_BANK_WAYS claims; reader lock-free
 * Memory     publish: LATCH_CONTROL_WORDS + WAYS rings of SLOTS records, each with a stamp;
 *            accumulate: WAYS seqcount latches
 *
 * Publish: each record carries its stamp. A writer whose stamp is older than the one its way
 * holds commits nothing, as if its record had been overwritten at once. So the stamps of a way
 * never fall, and a reader, which takes the largest of all ways, never goes back. Of equal stamps,
 * as a coarse clock gives them, the later record of one way stays, and of two ways the first one's
 * is taken: a record that is written while an interrupted writer holds an earlier way can lose to
 * an older one of the same stamp. Where that matters, use LATCH_STAMP_COUNTER; its counter is word
 * 0.
 *
 * A writer that takes another way than the first sets a word of the first one, `overflowed`, which
 * is never cleared: readers that find it 0 need not read the others.
 *
 *   ways busy         a writer that comes now
 *   none              takes way 0
 *   0                 takes way 1
 *   0 .. WAYS - 1     is refused
 *
 * A writer that dies, killed in the middle of a write, keeps its way for ever. Reads and the writes
 * of others go on, but one fewer can be under way at once; refusal of every write begins with the
 * death number WAYS, the fourth. Nothing gives a way back but zeroing the latch.
 *
 * Why never refused: let n be the most writers active at once, n <= WAYS. A writer moves from way
 * i to i + 1 only past one that holds i, which stays behind; by induction at most n - i writers
 * are ever at way i or beyond, so the last of them finds its way free. "Finds busy" must mean
 * that the holder's earlier releases are visible too, hence acquire also where a claim fails.
 *
 * Source     first-fit claiming is the long-lived renaming by test-and-set of Moir and Anderson
 *            (1995); the rings are mpmc_cell.h's with more slots, the latches seqcount_latch.h's;
 *            the combination is ours.
 */
#ifndef LATCHKIT_LATCH_BANK_H
#define LATCHKIT_LATCH_BANK_H

#include "mpmc_cell.h"
#include "seqcount_latch.h"

#ifndef LATCH_BANK_WAYS
#define LATCH_BANK_WAYS 4
#endif
/* Slots of each way's ring; a power of two. */
#ifndef LATCH_BANK_SLOTS
#define LATCH_BANK_SLOTS 4
#endif
LK_STATIC_ASSERT(LATCH_BANK_SLOTS >= 2 && !(LATCH_BANK_SLOTS & (LATCH_BANK_SLOTS - 1)),
		 "LATCH_BANK_SLOTS must be a power of two");

/* Word of the first way: overflowed, not 0 once a writer has used another way. */
#define LATCH_BANK_OVERFLOWED 2
LK_STATIC_ASSERT(LATCH_CONTROL_WORDS > LATCH_BANK_OVERFLOWED, "a bank needs a third control word");

/* A way's words, rounded up so that every way starts on a cache line when the bank does. */
#define latch_bank_align(words) \
	(((words) + LATCH_CONTROL_WORDS - 1) / LATCH_CONTROL_WORDS * LATCH_CONTROL_WORDS)
#define latch_bank_ring_words(words) \
	latch_bank_align(latch_cell_words(LATCH_BANK_SLOTS, (words) + 1))
#define latch_bank_latch_words(words) latch_bank_align(latch_seqcount_latch_accumulate_words(words))
#define latch_bank_publish_words(words) \
	(LATCH_CONTROL_WORDS + LATCH_BANK_WAYS * latch_bank_ring_words(words))
#define latch_bank_accumulate_words(words) (LATCH_BANK_WAYS * latch_bank_latch_words(words))

static LK_INLINE lk_u64 *latch_bank_ring(const lk_u64 *latch, unsigned int way, unsigned int words)
{
	return (lk_u64 *)latch + LATCH_CONTROL_WORDS + way * latch_bank_ring_words(words);
}

static LK_INLINE lk_u64 *latch_bank_latch(const lk_u64 *latch, unsigned int way, unsigned int words)
{
	return (lk_u64 *)latch + way * latch_bank_latch_words(words);
}

/* Set `overflowed` if `way` is not the first. */
static LK_INLINE void latch_bank_meet(lk_u64 *first, unsigned int way)
{
	/* Relaxed: ordered by the release of this write's commit, for whoever acquires that. */
	if (way && !order_load_relaxed(first + LATCH_BANK_OVERFLOWED))
		order_store_relaxed(first + LATCH_BANK_OVERFLOWED, 1);
}

/* True if no way but the first was ever written. */
static LK_INLINE int latch_bank_only_first(const lk_u64 *first)
{
	/* Relaxed: if a write to another way happens before this read, so does its store here. */
	return order_load_relaxed(first + LATCH_BANK_OVERFLOWED) == 0;
}

/* Try to own a ring. Returns 0 and its counter, or -LATCH_EBUSY. */
static LK_INLINE int latch_bank_claim_ring(lk_u64 *ring, lk_u64 *counter)
{
	/* ORDER: acquire though it fails, or a way that the holder of this one released before
	 * could still look busy and this writer be refused for nothing; pairs with the release
	 * in latch_cell_commit(); mutant bank-relaxed-peek. */
	if (order_load_acquire(ring) & LATCH_CELL_TRIES)
		return -LATCH_EBUSY;
	/* ORDER: acquire as in latch_cell_begin(), and as above when it fails; release, so that
	 * the ways released before are seen by those who find this one busy; pairs with the
	 * release in latch_cell_commit(), and with itself; mutant bank-never-refused. */
	*counter = order_fetch_add_acq_rel(ring, 1);
	if (*counter & LATCH_CELL_TRIES)
		return -LATCH_EBUSY;
	/* ORDER: payload stores stay after the claim, and a counter that is given back after all
	 * that the claim found (in BPF the claim alone sees to that); pairs with the recheck and
	 * the acquire in latch_cell_read_part(); mutant bank-no-wmb. */
	order_wmb_after_rmw();
	return 0;
}

/* Publish into a ring that is owned, unless it holds a newer record already, and release it. */
static LK_INLINE void latch_bank_fill_ring(lk_u64 *ring, lk_u64 counter, unsigned int words,
					   const lk_u64 *record, lk_u64 stamp)
{
	lk_u64 *slot = latch_cell_slot(ring, counter, LATCH_BANK_SLOTS, words + 1);

	if (latch_word_get(slot, words) > stamp) {
		/* Relaxed: the claim and the barrier after it keep this store after all that the
		 * claim has acquired: the stamp, and `overflowed` as of whoever committed it. */
		order_store_relaxed(ring, counter);
		return;
	}
	slot = latch_cell_slot(ring, counter + LATCH_CELL_GENERATION, LATCH_BANK_SLOTS, words + 1);
	latch_copy_in(slot, record, words);
	latch_word_set(slot, words, stamp);
	latch_cell_commit(ring, counter);
}

/*
 * Publish the record under `stamp`, or, with LATCH_STAMP_COUNTER, under the next number. All
 * writers of one latch use the same kind. Any context. Returns 0, or -LATCH_EBUSY when
 * LATCH_BANK_WAYS other writers are active or have died.
 */
static LK_INLINE int latch_bank_publish(lk_u64 *latch, unsigned int words, const lk_u64 *record,
					lk_u64 stamp)
{
	lk_u64 counter;

	/* Relaxed: the numbers only have to differ and to grow. */
	if (stamp == LATCH_STAMP_COUNTER)
		stamp = order_fetch_add_relaxed(latch, 1) + 1;
	for (unsigned int way = 0; way < LATCH_BANK_WAYS; way++) {
		lk_u64 *ring = latch_bank_ring(latch, way, words);

		if (latch_bank_claim_ring(ring, &counter))
			continue;
		latch_bank_meet(latch_bank_ring(latch, 0, words), way);
		latch_bank_fill_ring(ring, counter, words, record, stamp);
		return 0;
	}
	return -LATCH_EBUSY;
}

/*
 * Apply the delta to one of the latches. Any context. Returns 0, or -LATCH_EBUSY when
 * LATCH_BANK_WAYS other writers are active or have died.
 */
static LK_INLINE int latch_bank_accumulate(lk_u64 *latch, unsigned int words, latch_apply_fn *apply,
					   const void *delta)
{
	for (unsigned int way = 0; way < LATCH_BANK_WAYS; way++) {
		lk_u64 *one = latch_bank_latch(latch, way, words);

		/* ORDER: acquire as in latch_seqcount_latch_begin(), also when it fails, and
		 * release, both as in latch_bank_claim_ring(); pairs with
		 * latch_seqcount_latch_end(); mutant bank-relaxed-claim. */
		if (order_cmpxchg_acq_rel(one + LATCH_SEQCOUNT_LATCH_LOCK, 0, 1))
			continue;
		latch_bank_meet(latch, way);
		latch_seqcount_latch_apply(one, words, apply, delta);
		latch_seqcount_latch_end(one);
		return 0;
	}
	return -LATCH_EBUSY;
}

/* True if nothing was ever written to this way: its control word never moved. */
static LK_INLINE int latch_bank_unused(const lk_u64 *way)
{
	/* Relaxed: as in latch_bank_only_first(). */
	return order_load_relaxed(way) == 0;
}

/* Find the way with the largest stamp: *newest. Returns 0, or -LATCH_EAGAIN when lapped. */
static LK_INLINE int latch_bank_find_newest(const lk_u64 *latch, unsigned int words,
					    unsigned int *newest)
{
	lk_u64 largest = 0, stamp;

	*newest = 0;
	if (latch_bank_only_first(latch_bank_ring(latch, 0, words)))
		return 0;
	for (unsigned int way = 0; way < LATCH_BANK_WAYS; way++) {
		const lk_u64 *ring = latch_bank_ring(latch, way, words);

		if (latch_cell_read_part(ring, LATCH_BANK_SLOTS, words + 1, words, 1, &stamp, 1) <
		    0)
			return -LATCH_EAGAIN;
		if (stamp > largest) {
			largest = stamp;
			*newest = way;
		}
	}
	return 0;
}

/*
 * Copy the record with the largest stamp: find the way that holds it, then read that way, which
 * by then may hold a newer one. Whatever is lapped sends the reader back to the start.
 * Any context. Returns retries, or -LATCH_EAGAIN.
 */
static LK_INLINE int latch_bank_read(const lk_u64 *latch, unsigned int words, lk_u64 *record,
				     unsigned int tries)
{
	unsigned int newest;

	for (unsigned int i = 0; i < tries; i++) {
		if (latch_bank_find_newest(latch, words, &newest))
			continue;
		if (latch_cell_read_part(latch_bank_ring(latch, newest, words), LATCH_BANK_SLOTS,
					 words + 1, 0, words, record, 1) == 0)
			return (int)i;
	}
	return -LATCH_EAGAIN;
}

/* Sum the records of all ways, one try each. Returns 0, or -LATCH_EAGAIN. */
static LK_INLINE int latch_bank_try_sum(const lk_u64 *latch, unsigned int words, lk_u64 *record,
					lk_u64 *scratch, latch_merge_fn *merge)
{
	if (latch_seqcount_latch_read(latch, words, record, 1) < 0)
		return -LATCH_EAGAIN;
	if (latch_bank_only_first(latch))
		return 0;
	for (unsigned int way = 1; way < LATCH_BANK_WAYS; way++) {
		const lk_u64 *one = latch_bank_latch(latch, way, words);

		if (latch_bank_unused(one))
			continue;
		if (latch_seqcount_latch_read(one, words, scratch, 1) < 0)
			return -LATCH_EAGAIN;
		merge(record, scratch);
	}
	return 0;
}

/*
 * Sum the records of all ways. Each is consistent by itself; together they are a sum that held if
 * every write that was active meanwhile is counted as before or after the read.
 * Any context. Returns retries, or -LATCH_EAGAIN.
 */
static LK_INLINE int latch_bank_read_sum(const lk_u64 *latch, unsigned int words, lk_u64 *record,
					 lk_u64 *scratch, unsigned int tries, latch_merge_fn *merge)
{
	for (unsigned int i = 0; i < tries; i++)
		if (latch_bank_try_sum(latch, words, record, scratch, merge) == 0)
			return (int)i;
	return -LATCH_EAGAIN;
}

#endif /* LATCHKIT_LATCH_BANK_H */
