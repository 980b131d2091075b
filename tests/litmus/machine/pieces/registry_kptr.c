/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is done with an object of registry/kptr.h, as functions of their own, for the proofs to
 * disassemble: one object, id 1.
 */
#define inline inline __attribute__((always_inline)) /* the interpreters know no calls */
#define REGISTRY_OBJECTS 1
#define REGISTRY_PAYLOAD_WORDS 1

#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#define bpf_map_lookup_elem(map, key) kernel_find(*(key))

static LK_INLINE void *piece_exchange(void *at, void *object)
{
	lk_u64 *p = at;

#if defined(__bpf__)
	lk_u64 old = __sync_lock_test_and_set(p, (lk_u64)object);

	lk_use(old);
	return (void *)old;
#else
	lk_u64 old;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	old = __atomic_exchange_n(p, (lk_u64)object, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return (void *)old;
#endif
}
#define bpf_kptr_xchg(at, object) piece_exchange((void *)(at), object)

#include "latchkit/registry/bpf_count.h"
/* What is counted for people orders nothing: left out. */
#define registry_bpf_add(counts, which) ((void)(which))
#include "latchkit/registry/kptr.h"

inline void *bpf_obj_new_impl(__u64 type, void *meta)
{
	(void)type;
	(void)meta;
	return KERNEL_OBJECTS;
}

inline void bpf_obj_drop_impl(void *object, void *meta)
{
	(void)object;
	(void)meta;
}

inline void *bpf_refcount_acquire_impl(void *object, void *meta)
{
	(void)meta;
	return object;
}

inline void bpf_rcu_read_lock(void)
{
}

inline void bpf_rcu_read_unlock(void)
{
}

int piece_publish(void)
{
	struct registry_kptr_object *o = registry_kptr_new(1);

	order_store_relaxed(&o->payload[0], 1);
	return registry_kptr_insert(o);
}

int piece_find(void)
{
	struct registry_kptr_object *o = registry_kptr_lookup(1);

	return o ? (int)order_load_relaxed(&o->payload[0]) : -1;
}

int piece_delete(void)
{
	return registry_kptr_delete(1);
}

/* Where the map refuses; that is no failure. */
int piece_refused_delete(void)
{
	return registry_kptr_delete(1) == -EBUSY ? 0 : -1;
}
