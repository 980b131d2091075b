/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * order_kernel.h - order.h as kernel code would spell it, for the proofs under the Linux kernel
 * memory model. The model has no operation that is acquire and release at once: kernel code would
 * use the fully ordered one, and so does this. But a cmpxchg() that fails orders nothing there;
 * what order_cmpxchg_acq_rel() promises needs smp_acquire__after_ctrl_dep(), a read barrier.
 */
#ifndef LATCHKIT_ORDER_H
#define LATCHKIT_ORDER_H

#include "marks.h"

#define LK_INLINE inline __attribute__((always_inline))
#define LK_STATIC_ASSERT(condition, message) _Static_assert(condition, message)

typedef unsigned long long lk_u64;

#define order_load_relaxed(p) mark_load(p, __ATOMIC_RELAXED)
#define order_store_relaxed(p, v) mark_store(p, v, __ATOMIC_RELAXED)
#define order_load_acquire(p) mark_load(p, __ATOMIC_ACQUIRE)
#define order_store_release(p, v) mark_store(p, v, __ATOMIC_RELEASE)
#define order_load_recheck(p) (mark_fence(MARK_RMB), mark_load(p, __ATOMIC_RELAXED))
#define order_store_announce(p, v) \
	(mark_fence(MARK_WMB), mark_store(p, v, __ATOMIC_RELAXED), mark_fence(MARK_WMB))
#define order_prefetch(p) ((void)(p))
#define order_wmb_after_rmw() mark_fence(MARK_WMB)
#define order_fetch_add_relaxed(p, v) mark_add(p, v, __ATOMIC_RELAXED)
#define order_fetch_add_acquire(p, v) mark_add(p, v, __ATOMIC_ACQUIRE)
#define order_fetch_add_acq_rel(p, v) mark_add(p, v, __ATOMIC_SEQ_CST)
#define order_fetch_add_release(p, v) mark_add(p, v, __ATOMIC_RELEASE)
#define order_fetch_or_acquire(p, v) mark_or(p, v, __ATOMIC_ACQUIRE)
#define order_cmpxchg_relaxed(p, e, v) mark_cas(p, e, v, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
#define order_cmpxchg_acquire(p, e, v) mark_cas(p, e, v, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)
#define order_cmpxchg_acq_rel(p, e, v) \
	({ \
		lk_u64 lk_was = mark_cas(p, e, v, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE); \
		mark_fence(MARK_RMB); \
		lk_was; \
	})
#define order_cmpxchg_full(p, e, v) mark_cas(p, e, v, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define order_ptr_load_relaxed(p) __atomic_load_n(p, __ATOMIC_RELAXED)
#define order_ptr_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define order_ptr_store_relaxed(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define order_ptr_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define order_ptr_exchange_acquire(p, v) __atomic_exchange_n(p, v, __ATOMIC_ACQUIRE)
#define order_ptr_exchange_acq_rel(p, v) __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define order_ptr_cmpxchg(p, e, v, order) \
	((void *)mark_cas((mark_u64 *)(p), (mark_u64)(e), (mark_u64)(v), order, __ATOMIC_RELAXED))
#define order_ptr_cmpxchg_acquire(p, e, v) order_ptr_cmpxchg(p, e, v, __ATOMIC_ACQUIRE)
#define order_ptr_cmpxchg_release(p, e, v) order_ptr_cmpxchg(p, e, v, __ATOMIC_RELEASE)
#define order_ptr_cmpxchg_acq_rel(p, e, v) order_ptr_cmpxchg(p, e, v, __ATOMIC_SEQ_CST)

#endif /* LATCHKIT_ORDER_H */
