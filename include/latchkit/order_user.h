/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * order_user.h - order.h for C11 user space (gcc and clang __atomic built-ins).
 *
 * The built-ins are used instead of _Atomic objects because the words live in memory that is
 * shared with BPF programs, where _Atomic does not exist. Include order.h, not this file.
 */
#ifndef LATCHKIT_ORDER_USER_H
#define LATCHKIT_ORDER_USER_H

static LK_INLINE lk_u64 order_load_relaxed(const lk_u64 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static LK_INLINE void order_store_relaxed(lk_u64 *p, lk_u64 v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static LK_INLINE lk_u64 order_load_acquire(const lk_u64 *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static LK_INLINE void order_store_release(lk_u64 *p, lk_u64 v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static LK_INLINE lk_u64 order_load_recheck(const lk_u64 *p)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static LK_INLINE void order_store_announce(lk_u64 *p, lk_u64 v)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static LK_INLINE void order_prefetch(const lk_u64 *p)
{
	__builtin_prefetch(p);
}

static LK_INLINE void order_wmb_after_rmw(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static LK_INLINE lk_u64 order_fetch_add_relaxed(lk_u64 *p, lk_u64 v)
{
	return __atomic_fetch_add(p, v, __ATOMIC_RELAXED);
}

static LK_INLINE lk_u64 order_fetch_add_acquire(lk_u64 *p, lk_u64 v)
{
	return __atomic_fetch_add(p, v, __ATOMIC_ACQUIRE);
}

static LK_INLINE lk_u64 order_fetch_add_acq_rel(lk_u64 *p, lk_u64 v)
{
	return __atomic_fetch_add(p, v, __ATOMIC_ACQ_REL);
}

static LK_INLINE lk_u64 order_fetch_add_release(lk_u64 *p, lk_u64 v)
{
	return __atomic_fetch_add(p, v, __ATOMIC_RELEASE);
}

static LK_INLINE lk_u64 order_fetch_or_acquire(lk_u64 *p, lk_u64 v)
{
	return __atomic_fetch_or(p, v, __ATOMIC_ACQUIRE);
}

static LK_INLINE lk_u64 order_cmpxchg_relaxed(lk_u64 *p, lk_u64 expected, lk_u64 desired)
{
	__atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	return expected;
}

static LK_INLINE lk_u64 order_cmpxchg_acquire(lk_u64 *p, lk_u64 expected, lk_u64 desired)
{
	__atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
	return expected;
}

static LK_INLINE lk_u64 order_cmpxchg_acq_rel(lk_u64 *p, lk_u64 expected, lk_u64 desired)
{
	__atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	return expected;
}

static LK_INLINE lk_u64 order_cmpxchg_full(lk_u64 *p, lk_u64 expected, lk_u64 desired)
{
	__atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return expected;
}

static LK_INLINE void *order_ptr_load_relaxed(void *const *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static LK_INLINE void *order_ptr_load_acquire(void *const *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static LK_INLINE void order_ptr_store_relaxed(void **p, void *v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static LK_INLINE void order_ptr_store_release(void **p, void *v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static LK_INLINE void *order_ptr_exchange_acquire(void **p, void *v)
{
	return __atomic_exchange_n(p, v, __ATOMIC_ACQUIRE);
}

static LK_INLINE void *order_ptr_exchange_acq_rel(void **p, void *v)
{
	return __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL);
}

static LK_INLINE void *order_ptr_cmpxchg_acquire(void **p, void *expected, void *desired)
{
	__atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
	return expected;
}

static LK_INLINE void *order_ptr_cmpxchg_release(void **p, void *expected, void *desired)
{
	__atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
	return expected;
}

static LK_INLINE void *order_ptr_cmpxchg_acq_rel(void **p, void *expected, void *desired)
{
	__atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	return expected;
}

#endif /* LATCHKIT_ORDER_USER_H */
