// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * order.bpf.c - one function for each name of order.h, and of refcount.h, for check-fetch.sh to
 * look at. The name says what to expect: fetch_* must hold an atomic operation that returns the old
 * value in every build, model_* where only the BPF model's orders may be relied on, plain_* none
 * anywhere.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include <latchkit/refcount.h>

char LICENSE[] SEC("license") = "GPL";

lk_u64 word;

#define CHECK(name, body) \
	__attribute__((noinline)) int name(lk_u64 v) \
	{ \
		body; \
		return 0; \
	}

CHECK(plain_load_relaxed, lk_use(order_load_relaxed(&word)))
CHECK(plain_store_relaxed, order_store_relaxed(&word, v))
CHECK(model_load_acquire, lk_use(order_load_acquire(&word)))
CHECK(model_store_release, order_store_release(&word, v))
CHECK(model_load_recheck, (void)order_load_recheck(&word))
CHECK(model_store_announce, order_store_announce(&word, v))
CHECK(fetch_add_relaxed, (void)order_fetch_add_relaxed(&word, v))
CHECK(fetch_add_acquire, (void)order_fetch_add_acquire(&word, v))
CHECK(fetch_add_acq_rel, (void)order_fetch_add_acq_rel(&word, v))
CHECK(fetch_add_release, (void)order_fetch_add_release(&word, v))
CHECK(fetch_or_acquire, (void)order_fetch_or_acquire(&word, v))
CHECK(fetch_cmpxchg_relaxed, (void)order_cmpxchg_relaxed(&word, 0, v))
CHECK(fetch_cmpxchg_acquire, (void)order_cmpxchg_acquire(&word, 0, v))
CHECK(fetch_cmpxchg_acq_rel, (void)order_cmpxchg_acq_rel(&word, 0, v))
CHECK(fetch_cmpxchg_full, (void)order_cmpxchg_full(&word, 0, v))

/* What is built on them. */
struct refcount plain;
struct rcuref rcu;
lk_u64 warnings[REFCOUNT_WARNINGS];
CHECK(fetch_refcount_get, (void)refcount_get(&plain, warnings))
CHECK(fetch_refcount_inc, refcount_inc(&plain, warnings))
CHECK(fetch_refcount_put, (void)refcount_put(&plain, warnings))
CHECK(fetch_rcuref_get, (void)rcuref_get(&rcu, warnings))
CHECK(fetch_rcuref_put, (void)rcuref_put(&rcu, warnings))

#ifdef BROKEN /* what the check must refuse: the result is unused, so that clang drops FETCH */
CHECK(fetch_broken, __sync_fetch_and_add(&word, v))
#endif
