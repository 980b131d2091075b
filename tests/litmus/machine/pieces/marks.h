/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every atomic operation as a call of a function that does not exist: the proofs of C run the
 * machine code and read off which operations it does in which order, with which memory orders.
 * Included before the headers. The built-ins that order_user.h uses keep their C11 orders.
 */
#ifndef LATCHKIT_PROOF_MARKS_H
#define LATCHKIT_PROOF_MARKS_H

typedef unsigned long long mark_u64;

/* Beside C11's orders, for LKMM: smp_wmb() and smp_rmb(). */
#define MARK_WMB 10
#define MARK_RMB 11

mark_u64 mark_load(const mark_u64 *p, int order);
void mark_store(mark_u64 *p, mark_u64 v, int order);
void mark_fence(int order);
mark_u64 mark_add(mark_u64 *p, mark_u64 v, int order);
mark_u64 mark_or(mark_u64 *p, mark_u64 v, int order);
mark_u64 mark_swap(mark_u64 *p, mark_u64 v, int order);
mark_u64 mark_cas(mark_u64 *p, mark_u64 expected, mark_u64 v, int success, int failure);

/* Of words and of pointers. */
#define mark_type(p) __typeof__(*(p) + 0)
#define __atomic_load_n(p, order) ((mark_type(p))mark_load((const mark_u64 *)(p), order))
#define __atomic_store_n(p, v, order) mark_store((mark_u64 *)(p), (mark_u64)(v), order)
#define __atomic_thread_fence mark_fence
#define __atomic_fetch_add mark_add
#define __atomic_fetch_or mark_or
#define __atomic_exchange_n(p, v, order) \
	((mark_type(p))mark_swap((mark_u64 *)(p), (mark_u64)(v), order))
#define __atomic_compare_exchange_n(p, expected, v, weak, success, failure) \
	({ \
		mark_u64 mark_was = (mark_u64) * (expected); \
		mark_u64 mark_is = \
			mark_cas((mark_u64 *)(p), mark_was, (mark_u64)(v), success, failure); \
		*(expected) = (mark_type(expected))mark_is; \
		mark_is == mark_was; \
	})
#define __sync_val_compare_and_swap(p, expected, v) \
	mark_cas(p, expected, v, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#endif /* LATCHKIT_PROOF_MARKS_H */
