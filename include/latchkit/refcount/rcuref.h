/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rcuref - a reference count that is got by one unconditional add; see refcount.h for the contract.
 *
 * The word is one less than the number of references, so "none" is all ones, and the sign bit is
 * set in every unusual state. A get that finds none left has added 1 to a word in the middle of the
 * dead zone, too far from its ends for any number of threads, and sets it back to the middle.
 *
 * Cost       get and put: one atomic add; the last put a compare-exchange more
 * Progress   wait-free
 *
 *   word                      means                   get               put
 *   0 .. 2^63 - 1             word + 1 references     + 1               - 1
 *   NOREF, all ones           the last is being put   -> 0, granted     -> DEAD, was the last
 *   ... down to RELEASED      dead                    -> DEAD, refused  -> DEAD, counted
 *   ... down to bit 63 alone  saturated               -> SATURATED: granted, counted; put as well
 *
 * REFCOUNT_MAX is no limit here. A get between the two steps of the last put is granted, and that
 * put then is not the last.
 *
 * Source     the zones of rcuref_t in Linux 6.4 and later (lib/rcuref.c), on a word of 8 bytes.
 */
#ifndef LATCHKIT_REFCOUNT_RCUREF_H
#define LATCHKIT_REFCOUNT_RCUREF_H

#include "../refcount.h"

#define RCUREF_NOREF (~0ULL)
#define RCUREF_DEAD 0xe000000000000000ULL
#define RCUREF_RELEASED 0xc000000000000000ULL
#define RCUREF_SATURATED 0xa000000000000000ULL
#define RCUREF_NEGATIVE (1ULL << 63)

struct rcuref {
	lk_u64 word;
};

static LK_INLINE void rcuref_set(struct rcuref *ref, lk_u64 references)
{
	/* Relaxed: nobody sees the object yet, and publishing it orders this. */
	order_store_relaxed(&ref->word, references - 1);
}

static LK_INLINE lk_u64 rcuref_read(const struct rcuref *ref)
{
	/* Relaxed: statistics. */
	lk_u64 word = order_load_relaxed(&ref->word);

	if (word >= RCUREF_RELEASED)
		return 0;
	return word + 1;
}

/*
 * Set the word back to the middle of its zone. If another thread has changed it meanwhile, that
 * thread sets it back, or it has left the zone.
 */
static LK_INLINE void rcuref_recentre(struct rcuref *ref, lk_u64 word)
{
	/* Relaxed: nothing depends on the value it reads. */
	(void)order_cmpxchg_relaxed(&ref->word, word,
				    word >= RCUREF_RELEASED ? RCUREF_DEAD : RCUREF_SATURATED);
}

/* A get made the word negative. Returns whether it is granted all the same. */
static inline REFCOUNT_BOOL rcuref_get_slow(struct rcuref *ref, lk_u64 *warnings, lk_u64 word)
{
	rcuref_recentre(ref, word);
	if (word >= RCUREF_RELEASED)
		return 0;
	refcount_warn(warnings, REFCOUNT_WARN_OVERFLOW);
	return 1;
}

static LK_INLINE REFCOUNT_BOOL rcuref_get(struct rcuref *ref, lk_u64 *warnings)
{
	/* ORDER: acquire, as that in refcount_inc_not_zero(); pairs with the release in
	 * rcuref_put(); mutant rcuref-relaxed-get. */
	lk_u64 word = order_fetch_add_acquire(&ref->word, 1) + 1;

	if (__builtin_expect(!(word & RCUREF_NEGATIVE), 1))
		return 1;
	return rcuref_get_slow(ref, warnings, word);
}

/* A put made the word negative. Returns whether it was the last. */
static inline REFCOUNT_BOOL rcuref_put_slow(struct rcuref *ref, lk_u64 *warnings, lk_u64 word)
{
	if (word == RCUREF_NOREF) {
		/* ORDER: acquire, or this one could free the object before the accesses of others
		 * are done; pairs with the release in rcuref_put(); mutant rcuref-release-only.
		 * The release of its own rcuref_put() also stands for this one. */
		return order_cmpxchg_acquire(&ref->word, RCUREF_NOREF, RCUREF_DEAD) == RCUREF_NOREF;
	}
	rcuref_recentre(ref, word);
	refcount_warn(warnings, REFCOUNT_WARN_UNDERFLOW);
	return 0;
}

static LK_INLINE REFCOUNT_BOOL rcuref_put(struct rcuref *ref, lk_u64 *warnings)
{
	/* ORDER: release, or accesses of this holder could come after the object was freed by
	 * another; pairs with the acquire in rcuref_put_slow(); mutant rcuref-relaxed-put. */
	lk_u64 word = order_fetch_add_release(&ref->word, ~0ULL) - 1;

	if (__builtin_expect(!(word & RCUREF_NEGATIVE), 1))
		return 0;
	return rcuref_put_slow(ref, warnings, word);
}

static LK_INLINE REFCOUNT_BOOL rcuref_revive(struct rcuref *ref)
{
	/* Relaxed: if it is stale, the compare-exchange fails. */
	lk_u64 word = order_load_relaxed(&ref->word);

	if (word < RCUREF_RELEASED)
		return 0;
	/* ORDER: acquire and release, as in refcount_revive(); pairs with the get and the put;
	 * mutant rcuref-relaxed-revive, mutant rcuref-release-revive. */
	return order_cmpxchg_acq_rel(&ref->word, word, 0) == word;
}

#endif /* LATCHKIT_REFCOUNT_RCUREF_H */
