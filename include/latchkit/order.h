/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * order.h - the only names for memory orders in latchkit.
 *
 * A latch never spells an order itself: it calls a function named here, and the
 * side it is compiled for supplies the instructions (order_user.h, order_bpf.h).
 * The names say what is ordered, not which fence does it, because BPF has no
 * fences: it has atomic operations that are full barriers when their result is
 * used, and, on newer kernels, load-acquire and store-release.
 *
 * name                        promise
 * --------------------------  ---------------------------------------------------------
 * order_load_relaxed(p)       one untorn 8-byte load, no order
 * order_store_relaxed(p,v)    one untorn 8-byte store, no order
 * order_load_acquire(p)       later accesses stay after this load
 * order_store_release(p,v)    earlier accesses stay before this store
 * order_load_recheck(p)       earlier loads stay before this load (a read barrier, then
 *                             the load): the second look of a reader
 * order_store_announce(p,v)   earlier stores stay before this store and later stores stay
 *                             after it (write barrier, store, write barrier)
 * order_prefetch(p)           a hint that this cache line is wanted soon; no access, no order
 * order_wmb_after_rmw()       later stores stay after the atomic operation just before, and,
 *                             if that was acq_rel, after all that is before it
 * order_fetch_add_relaxed     atomic add, returns the old value
 * order_fetch_add_acquire     ... later accesses stay after it
 * order_fetch_add_acq_rel     ... and earlier accesses stay before it
 * order_fetch_add_release     ... earlier accesses stay before it
 * order_fetch_or_acquire      atomic or, returns the old value
 * order_cmpxchg_relaxed       one compare-exchange attempt, returns the old value
 * order_cmpxchg_acquire       ... acquire when it succeeds, relaxed when it fails
 * order_cmpxchg_acq_rel       acquire-release when it succeeds, acquire when it fails
 * order_cmpxchg_full          sequentially consistent
 *
 * Pointers, in user space only: a BPF program cannot keep one in a map.
 *
 * order_ptr_load_acquire(p)         as order_load_acquire
 * order_ptr_load_relaxed(p)         as order_load_relaxed
 * order_ptr_store_relaxed(p,v)      as order_store_relaxed
 * order_ptr_store_release(p,v)      as order_store_release
 * order_ptr_exchange_acquire(p,v)   store, return the old pointer; later accesses stay after it
 * order_ptr_exchange_acq_rel(p,v)   ... and earlier accesses stay before it
 * order_ptr_cmpxchg_acquire(p,e,d)  as order_cmpxchg_acquire
 * order_ptr_cmpxchg_release(p,e,d)  earlier accesses stay before it when it succeeds, relaxed when
 *                                   it fails
 * order_ptr_cmpxchg_acq_rel(p,e,d)  as order_cmpxchg_acq_rel
 *
 * Words are 8 bytes, aligned. Every function may be called in any context, NMI
 * included; none of them loops in its BPF form, and none in its C form, except
 * order_fetch_or_acquire on x86 and every atomic operation on machines that only
 * have load-linked/store-conditional pairs.
 */
#ifndef LATCHKIT_ORDER_H
#define LATCHKIT_ORDER_H

#define LK_INLINE inline __attribute__((always_inline))

/* Checked when compiling; the headers are C11 and C++17. */
#ifdef __cplusplus
#define LK_STATIC_ASSERT(condition, message) static_assert(condition, message)
#else
#define LK_STATIC_ASSERT(condition, message) _Static_assert(condition, message)
#endif

/* The unit of all shared memory; the same type on both sides, and so a pointer to it is too. */
typedef unsigned long long lk_u64;

#if defined(__bpf__) || defined(__BPF__)
#include "order_bpf.h"
#else
#include "order_user.h"
#endif

#endif /* LATCHKIT_ORDER_H */
