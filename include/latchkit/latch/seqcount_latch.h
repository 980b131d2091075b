/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * seqcount_latch - two copies of the record, a counter that steers readers, and a try-lock.
 *
 * The writer changes one copy while readers are steered to the other, then the other way round.
 * Deltas are applied in place, twice, so that a small delta to a large record stays cheap: the
 * latch to use for statistics. For overwriting whole records a ring is cheaper.
 *
 * Cost       write: one atomic operation, the work done twice; read: two loads beside the copy
 * Progress   writer wait-free (a second writer is refused); reader lock-free: it retries only when
 *            a write began or switched copies meanwhile
 * Memory     LATCH_CONTROL_WORDS + 2 records; word 0 is seq, word 1 the lock
 *
 *   seq,lock      slot 0           slot 1           a reader copies
 *   2g, 0         value g          value g          slot 0
 *   2g, 1         value g          value g          slot 0
 *   2g + 1, 1     being written    value g          slot 1
 *   2g + 2, 1     value g + 1      being written    slot 0
 *   2g + 2, 0     value g + 1      value g + 1      slot 0
 *
 * Source     the latch technique described by Desnoyers and used by the Linux kernel for
 *            timekeeping, with the try-lock of a reply of 9 January 2026 on the bpf mailing list,
 *            its unlock made a release.
 */
#ifndef LATCHKIT_LATCH_SEQCOUNT_LATCH_H
#define LATCHKIT_LATCH_SEQCOUNT_LATCH_H

#include "../latch.h"

#define LATCH_SEQCOUNT_LATCH_LOCK 1

#define latch_seqcount_latch_publish_words(words) (LATCH_CONTROL_WORDS + 2 * (words))
#define latch_seqcount_latch_accumulate_words(words) (LATCH_CONTROL_WORDS + 2 * (words))

static LK_INLINE lk_u64 *latch_seqcount_latch_slot(lk_u64 *latch, lk_u64 seq, unsigned int words)
{
	return latch + LATCH_CONTROL_WORDS + (seq & 1) * words;
}

/* Take the write side. Returns 0, or -LATCH_EBUSY. */
static LK_INLINE int latch_seqcount_latch_begin(lk_u64 *latch)
{
	/* ORDER: acquire, or this writer's stores could reach memory between those of the writer
	 * before it; pairs with latch_seqcount_latch_end(); mutant seqcount_latch-overlap. */
	return order_cmpxchg_acquire(latch + LATCH_SEQCOUNT_LATCH_LOCK, 0, 1) ? -LATCH_EBUSY : 0;
}

static LK_INLINE void latch_seqcount_latch_end(lk_u64 *latch)
{
	/* ORDER: release, or the next writer could overlap with this one's last stores; pairs with
	 * the acquire in latch_seqcount_latch_begin(); mutant seqcount_latch-overlap. */
	order_store_release(latch + LATCH_SEQCOUNT_LATCH_LOCK, 0);
}

/*
 * Steer readers to the other copy: to slot 1 the first time, back to slot 0 the second.
 * Only the owner of the lock moves seq, so that a relaxed load of it suffices.
 */
static LK_INLINE void latch_seqcount_latch_switch(lk_u64 *latch)
{
	/* ORDER: the words of the copy that readers are sent to stay before the counter, those of
	 * the copy they are sent away from stay after it; pairs with acquire and recheck in
	 * latch_seqcount_latch_read(); mutant seqcount_latch-no-wmb, mutant
	 * seqcount_latch-one-copy. */
	order_store_announce(latch, order_load_relaxed(latch) + 1);
}

/* The body of publish; the caller owns the write side. */
static LK_INLINE void latch_seqcount_latch_store(lk_u64 *latch, unsigned int words,
						 const lk_u64 *record)
{
	latch_seqcount_latch_switch(latch);
	latch_copy_in(latch_seqcount_latch_slot(latch, 0, words), record, words);
	latch_seqcount_latch_switch(latch);
	latch_copy_in(latch_seqcount_latch_slot(latch, 1, words), record, words);
}

/* The body of accumulate; the caller owns the write side. */
static LK_INLINE void latch_seqcount_latch_apply(lk_u64 *latch, unsigned int words,
						 latch_apply_fn *apply, const void *delta)
{
	latch_seqcount_latch_switch(latch);
	apply(latch_seqcount_latch_slot(latch, 0, words), delta);
	latch_seqcount_latch_switch(latch);
	apply(latch_seqcount_latch_slot(latch, 1, words), delta);
}

/* Publish the record. Any context. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_seqcount_latch_publish(lk_u64 *latch, unsigned int words,
						  const lk_u64 *record, lk_u64 stamp)
{
	(void)stamp;
	if (latch_seqcount_latch_begin(latch))
		return -LATCH_EBUSY;
	latch_seqcount_latch_store(latch, words, record);
	latch_seqcount_latch_end(latch);
	return 0;
}

/* Apply the delta to both copies. Returns 0, or -LATCH_EBUSY while another writer is active. */
static LK_INLINE int latch_seqcount_latch_accumulate(lk_u64 *latch, unsigned int words,
						     latch_apply_fn *apply, const void *delta)
{
	if (latch_seqcount_latch_begin(latch))
		return -LATCH_EBUSY;
	latch_seqcount_latch_apply(latch, words, apply, delta);
	latch_seqcount_latch_end(latch);
	return 0;
}

/* Copy the newest record. Any context. Returns retries, or -LATCH_EAGAIN. */
static LK_INLINE int latch_seqcount_latch_read(const lk_u64 *latch, unsigned int words,
					       lk_u64 *record, unsigned int tries)
{
	for (unsigned int i = 0; i < tries; i++) {
		/* ORDER: acquire, or the copy could be older than the counter that chose it; pairs
		 * with latch_seqcount_latch_switch(); mutant seqcount_latch-relaxed-read. */
		lk_u64 seq = order_load_acquire(latch);

		latch_copy_out(record, latch_seqcount_latch_slot((lk_u64 *)latch, seq, words),
			       words);
		/* ORDER: the copy stays before the second look, or a switch in between is missed;
		 * pairs with latch_seqcount_latch_switch(); mutant seqcount_latch-no-recheck. */
		if (order_load_recheck(latch) == seq)
			return (int)i;
	}
	return -LATCH_EAGAIN;
}

LATCH_READ_SUM_IS_READ(seqcount_latch)

#endif /* LATCHKIT_LATCH_SEQCOUNT_LATCH_H */
