/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * saturating - a reference count as the kernel's refcount_t; see refcount.h for the contract.
 *
 * Cost       get: a load and a compare-exchange, repeated while it fails; put: one atomic add
 * Progress   get lock-free in C, bounded in BPF, where it is refused after REFCOUNT_TRIES; the rest
 *            wait-free
 *
 *   word                 means                get       inc                put
 *   0                    no reference left    refused   -> SATURATED       -> SATURATED
 *   1                    one                  -> 2      -> 2               -> 0, was the last
 *   2 .. MAX - 1         so many              + 1       + 1                - 1
 *   MAX                  so many              -> SATURATED, -> SATURATED   - 1
 *   above MAX            saturated            stays, and is granted        stays
 *
 * Source     the semantics of refcount_t in Linux 6.x (lib/refcount.c), on a word of 8 bytes.
 */
#ifndef LATCHKIT_REFCOUNT_SATURATING_H
#define LATCHKIT_REFCOUNT_SATURATING_H

#include "../refcount.h"

/* As far from 0 as from the end: no number of threads gets from here to either. */
#define REFCOUNT_SATURATED (1ULL << 62)

/* How often a get is tried: in BPF a loop must end. */
#if defined(__bpf__) || defined(__BPF__)
#define REFCOUNT_TRIES 64
#else
#define REFCOUNT_TRIES (~0U)
#endif

struct refcount {
	lk_u64 word;
};

static LK_INLINE void refcount_set(struct refcount *ref, lk_u64 references)
{
	/* Relaxed: nobody sees the object yet, and publishing it orders this. */
	order_store_relaxed(&ref->word, references);
}

static LK_INLINE lk_u64 refcount_read(const struct refcount *ref)
{
	/* Relaxed: statistics. */
	return order_load_relaxed(&ref->word);
}

/* The count was misused: it counts no more. */
static LK_INLINE void refcount_saturate(struct refcount *ref, lk_u64 *warnings,
					enum refcount_warning which)
{
	/* Relaxed: it is far from both ends, whatever others add meanwhile. */
	order_store_relaxed(&ref->word, REFCOUNT_SATURATED);
	refcount_warn(warnings, which);
}

static LK_INLINE void refcount_inc(struct refcount *ref, lk_u64 *warnings)
{
	/* Relaxed: the caller has a reference, so the object is valid and was acquired. */
	lk_u64 old = order_fetch_add_relaxed(&ref->word, 1);

	if (__builtin_expect(old == 0, 0))
		refcount_saturate(ref, warnings, REFCOUNT_WARN_REVIVED);
	else if (__builtin_expect(old >= REFCOUNT_MAX, 0))
		refcount_saturate(ref, warnings, REFCOUNT_WARN_OVERFLOW);
}

static LK_INLINE REFCOUNT_BOOL refcount_inc_not_zero(struct refcount *ref, lk_u64 *warnings)
{
	/* Relaxed: if it is stale, the compare-exchange fails. */
	lk_u64 seen = order_load_relaxed(&ref->word), old;

	for (unsigned int i = 0; i < REFCOUNT_TRIES; i++) {
		if (seen == 0)
			return 0;
		/* ORDER: acquire, or what is read of an object in reused memory could be from
		 * before the reuse; pairs with the release in refcount_dec_and_test(); mutant
		 * refcount-relaxed-get. */
		old = order_cmpxchg_acquire(&ref->word, seen, seen + 1);
		if (old == seen) {
			if (__builtin_expect(old >= REFCOUNT_MAX, 0))
				refcount_saturate(ref, warnings, REFCOUNT_WARN_OVERFLOW);
			return 1;
		}
		seen = old;
	}
	refcount_warn(warnings, REFCOUNT_WARN_CONTENDED);
	return 0;
}

static LK_INLINE REFCOUNT_BOOL refcount_dec_and_test(struct refcount *ref, lk_u64 *warnings)
{
	/* ORDER: release, or accesses of this holder could come after the object was freed by
	 * another; acquire, or this one could free it before those of others are done; each pairs
	 * with the other; mutant refcount-relaxed-put, mutant refcount-release-only. */
	lk_u64 old = order_fetch_add_acq_rel(&ref->word, ~0ULL);

	if (old == 1)
		return 1;
	if (__builtin_expect(old == 0 || old > REFCOUNT_MAX, 0))
		refcount_saturate(ref, warnings, REFCOUNT_WARN_UNDERFLOW);
	return 0;
}

static LK_INLINE REFCOUNT_BOOL refcount_get(struct refcount *ref, lk_u64 *warnings)
{
	return refcount_inc_not_zero(ref, warnings);
}

static LK_INLINE REFCOUNT_BOOL refcount_put(struct refcount *ref, lk_u64 *warnings)
{
	return refcount_dec_and_test(ref, warnings);
}

static LK_INLINE REFCOUNT_BOOL refcount_revive(struct refcount *ref)
{
	/* ORDER: release, or who gets a reference next could see the object as it was before;
	 * acquire, or this one could, as it was before the last put; pairs with the get and the
	 * put; mutant refcount-relaxed-revive, mutant refcount-release-revive. */
	return order_cmpxchg_acq_rel(&ref->word, 0, 1) == 0;
}

#endif /* LATCHKIT_REFCOUNT_SATURATING_H */
