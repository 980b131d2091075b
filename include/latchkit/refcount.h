/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * refcount.h - reference counts: exactly one of those who put a reference frees the object.
 *
 *   refcount  saturating; refuses to count up from 0 by a compare-exchange   refcount/saturating.h
 *   rcuref    one unconditional add to get, zones instead of a comparison    refcount/rcuref.h
 *
 * Both are one word, in C11 and in BPF, and keep the same contract (NAME is refcount or rcuref):
 *
 *   void NAME_set(struct NAME *ref, lk_u64 references)
 *       Initialise with 1 to REFCOUNT_MAX references. The object must not be published yet.
 *   bool NAME_get(struct NAME *ref, lk_u64 *warnings)
 *       Get one more. Returns false if there was none left: the object is being freed, and must not
 *       be used. For lookups, while the last reference may be put; the caller guarantees that the
 *       memory of the count is still valid (by RCU).
 *   bool NAME_put(struct NAME *ref, lk_u64 *warnings)
 *       Put one. Returns true to the one who has put the last: it frees the object, after a grace
 *       period if readers may still find it.
 *   lk_u64 NAME_read(const struct NAME *ref)
 *       Returns how many there are, for statistics: stale at once. 0: none; above REFCOUNT_MAX:
 *       saturated.
 *   bool NAME_revive(struct NAME *ref)
 *       0 -> 1, by the one whose put returned true and who then found that the object is still in
 *       use, because of a put without a get. Returns false if it was not 0.
 * refcount also has what the kernel has beside these:
 *   void refcount_inc(struct refcount *ref, lk_u64 *warnings)
 *       One more, by somebody who has one. From 0 that is a bug: it saturates.
 *   refcount_inc_not_zero(), refcount_dec_and_test(): the kernel's names of get and put.
 *
 * Saturation: a count that was misused, by counting up from 0, beyond REFCOUNT_MAX or below 0,
 * stays above REFCOUNT_MAX for ever: the object is never freed, so memory is lost, but none is used
 * after it was freed. What the kernel warns of is counted here, in `warnings`:
 * REFCOUNT_WARNINGS words (NULL: not counted), each added to atomically.
 *
 * Contexts   any, NMI included
 * Ordering   accesses before a put are complete for the one who puts the last, and for the one who
 *            revives; what that one stored is visible to those who get a reference then
 */
#ifndef LATCHKIT_REFCOUNT_H
#define LATCHKIT_REFCOUNT_H

#include "order.h"

#if !defined(__bpf__) && !defined(__BPF__)
#include <stdbool.h>
#include <stddef.h>
#define REFCOUNT_BOOL bool
#else
#define REFCOUNT_BOOL _Bool
#endif

/* As in the kernel. */
#define REFCOUNT_MAX 0x7fffffffULL

/* What is counted instead of being warned of. */
enum refcount_warning {
	REFCOUNT_WARN_REVIVED, /* counted up from 0: who did may use freed memory */
	REFCOUNT_WARN_OVERFLOW, /* counted up beyond REFCOUNT_MAX, or though saturated */
	REFCOUNT_WARN_UNDERFLOW, /* put more often than got, or though saturated */
	REFCOUNT_WARN_CONTENDED, /* BPF: refused after REFCOUNT_TRIES failed compare-exchanges */
	REFCOUNT_WARNINGS
};

static LK_INLINE void refcount_warn(lk_u64 *warnings, enum refcount_warning which)
{
	/* Relaxed: statistics. */
	if (warnings)
		(void)order_fetch_add_relaxed(&warnings[which], 1);
}

#include "refcount/rcuref.h"
#include "refcount/saturating.h"

#endif /* LATCHKIT_REFCOUNT_H */
