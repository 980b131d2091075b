/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kptr - a registry in BPF, on kernels that let a program allocate: objects are allocated by
 * bpf_obj_new(), counted by a bpf_refcount, and the value of a hash map owns one reference. From
 * Linux 6.12 in programs for system calls, perf events, tracepoints (tp_btf too) and classifiers;
 * not in kprobes, uprobes and raw tracepoints.
 *
 * Memory: the kernel's, allocated on demand, freed by the last put after a grace period of RCU. The
 * value of the hash map may be reused for another id by the time it is read, as in
 * registry/array.h; so here too the id is compared once a reference has been got.
 *
 *   registry_kptr_new(id)        an object with one reference, the caller's; NULL: no memory. The
 *                                caller fills its payload
 *   registry_kptr_insert(o)      0, and the reference is the registry's; -EEXIST, -EBUSY, or
 *                                -ENOMEM: REGISTRY_OBJECTS are linked; then the reference is put
 *   registry_kptr_lookup(id)     the object, with one more reference, the caller's, or NULL
 *   registry_kptr_put(o)         the last one frees it
 *   registry_kptr_delete(id)     0 to exactly one caller; -ENOENT; -EBUSY: it is still linked
 *
 * The verifier rejects programs that leak a reference or put one too many.
 *
 * Before including this header, define REGISTRY_OBJECTS, how many may be linked, and
 * REGISTRY_PAYLOAD_WORDS; do not include anything that declares the kernel's functions (vmlinux.h
 * of newer bpftools).
 *
 * Contexts   any that the kernel allows, NMI included. In NMI the kernel allocates from a small
 *            reserve: NULL when it is empty, until an interrupt refills it. A bucket of the hash
 *            map that the NMI interrupted locked is refused as in registry/array.h: -EBUSY
 * Cost       lookup: a hash lookup, a compare-exchange loop in the kernel
 * Order      as registry/array.h
 */
#ifndef LATCHKIT_REGISTRY_KPTR_H
#define LATCHKIT_REGISTRY_KPTR_H

/* Defined below, as older headers do not have it; the kernel finds it by its name. */
#define bpf_refcount bpf_refcount_of_the_header
#include <linux/bpf.h>
#undef bpf_refcount
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "bpf_count.h"

#ifndef REGISTRY_OBJECTS
#error "define REGISTRY_OBJECTS and REGISTRY_PAYLOAD_WORDS before including registry/kptr.h"
#endif

struct bpf_refcount {
	__u32 : 32;
} __attribute__((aligned(4)));

extern void *bpf_obj_new_impl(__u64 local_type_id, void *meta) __ksym __weak;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym __weak;
extern void *bpf_refcount_acquire_impl(void *object, void *meta) __ksym __weak;
extern void bpf_rcu_read_lock(void) __ksym __weak;
extern void bpf_rcu_read_unlock(void) __ksym __weak;

struct registry_kptr_object {
	struct bpf_refcount ref;
	lk_u64 id;
	lk_u64 linked; /* 1: linked. Whoever sets it to 0 owns the registry's reference */
	lk_u64 payload[REGISTRY_PAYLOAD_WORDS];
};

/* clang 14 loses the tag of a pointer to a struct, but not to another name of one. */
typedef struct registry_kptr_object registry_kptr_tagged;

struct registry_kptr_slot {
	/* NULL: an insert or a delete is under way. */
	registry_kptr_tagged __attribute__((btf_type_tag("kptr"))) * object;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, REGISTRY_OBJECTS);
	__type(key, lk_u64);
	__type(value, struct registry_kptr_slot);
} registry_slots SEC(".maps");

struct registry_bpf_counts registry_counts;

static LK_INLINE void registry_count(enum registry_bpf_count which)
{
	registry_bpf_add(&registry_counts, which);
}

static LK_INLINE struct registry_kptr_object *registry_kptr_new(lk_u64 id)
{
	struct registry_kptr_object *o =
		bpf_obj_new_impl(bpf_core_type_id_local(struct registry_kptr_object), 0);

	if (!o) {
		registry_count(REGISTRY_BPF_NO_OBJECT);
		return 0;
	}
	registry_count(REGISTRY_BPF_MADE);
	/* Relaxed: not published yet. */
	order_store_relaxed(&o->id, id);
	order_store_relaxed(&o->linked, 0);
	return o;
}

static LK_INLINE void registry_kptr_put(struct registry_kptr_object *o)
{
	registry_count(REGISTRY_BPF_FREED);
	bpf_obj_drop_impl(o, 0);
}

/* Get the object in *slot if it has this id. Returns NULL: it has not, or is being freed. */
static LK_INLINE struct registry_kptr_object *registry_kptr_get(lk_u64 id,
								struct registry_kptr_slot *slot)
{
	struct registry_kptr_object *seen, *o = 0;

	bpf_rcu_read_lock();
	seen = slot->object;
	if (seen)
		o = bpf_refcount_acquire_impl(seen, 0);
	bpf_rcu_read_unlock();
	if (!o) {
		registry_count(REGISTRY_BPF_DYING);
		return 0;
	}
	registry_count(REGISTRY_BPF_GOT);
	/* Relaxed: the id of an object never changes. */
	if (order_load_relaxed(&o->id) == id)
		return o;
	registry_count(REGISTRY_BPF_OTHER);
	registry_kptr_put(o);
	return 0;
}

static LK_INLINE struct registry_kptr_object *registry_kptr_lookup(lk_u64 id)
{
	struct registry_kptr_slot *slot = bpf_map_lookup_elem(&registry_slots, &id);
	struct registry_kptr_object *o;

	if (!slot) {
		registry_count(REGISTRY_BPF_MISS);
		return 0;
	}
	o = registry_kptr_get(id, slot);
	if (!o)
		return 0;
	/* Relaxed: the exchange that published the object in the slot ordered it. */
	if (order_load_relaxed(&o->linked)) {
		registry_count(REGISTRY_BPF_HIT);
		return o;
	}
	registry_count(REGISTRY_BPF_OTHER);
	registry_kptr_put(o);
	return 0;
}

/* Store an object in a slot that is the caller's and empty; the slot owns its reference then. */
static LK_INLINE void registry_kptr_give(struct registry_kptr_slot *slot,
					 struct registry_kptr_object *o)
{
	struct registry_kptr_object *old = bpf_kptr_xchg(&slot->object, o);

	if (!old)
		return;
	registry_count(REGISTRY_BPF_DAMAGED);
	registry_kptr_put(old);
}

/*
 * Adding an empty element decides whether the id is free. Until it has an object nobody else
 * removes it, so the slot is this caller's.
 */
static LK_INLINE int registry_kptr_insert(struct registry_kptr_object *o)
{
	struct registry_kptr_slot empty = {0}, *slot = 0;
	lk_u64 id = order_load_relaxed(&o->id); /* the caller's own */
	int err = (int)bpf_map_update_elem(&registry_slots, &id, &empty, BPF_NOEXIST);

	if (!err)
		slot = bpf_map_lookup_elem(&registry_slots, &id);
	if (!slot) {
		registry_kptr_put(o);
		return registry_bpf_refused(&registry_counts, err);
	}
	registry_count(REGISTRY_BPF_INSERTED);
	/* Relaxed: the exchange, a full barrier, comes after it. */
	order_store_relaxed(&o->linked, 1);
	registry_kptr_give(slot, o);
	return 0;
}

/*
 * Called by the one who has set `linked` to 0: take the registry's reference out of the slot, which
 * stays that of this object as nobody else may unlink it, and remove the element. If the map
 * refuses, put the object back into the slot first, then link it again.
 */
static LK_INLINE int registry_kptr_unlink(struct registry_kptr_slot *slot,
					  struct registry_kptr_object *o, lk_u64 id)
{
	struct registry_kptr_object *mine = bpf_kptr_xchg(&slot->object, 0);
	int err;

	if (!mine) {
		registry_count(REGISTRY_BPF_DAMAGED);
		return -ENOENT;
	}
	err = (int)bpf_map_delete_elem(&registry_slots, &id);
	if (!err) {
		registry_count(REGISTRY_BPF_DELETED);
		registry_kptr_put(mine);
		return 0;
	}
	registry_count(err == -ENOENT ? REGISTRY_BPF_DAMAGED : REGISTRY_BPF_DELETE_BUSY);
	registry_kptr_give(slot, mine);
	/* Relaxed: the exchange that filled the slot is a full barrier, and so is the exchange of
	 * whoever unlinks it next, after its compare-exchange. */
	order_store_relaxed(&o->linked, 1);
	return -EBUSY;
}

static LK_INLINE int registry_kptr_delete(lk_u64 id)
{
	struct registry_kptr_slot *slot = bpf_map_lookup_elem(&registry_slots, &id);
	struct registry_kptr_object *o = slot ? registry_kptr_get(id, slot) : 0;
	int err = -ENOENT;

	if (!o) {
		registry_count(REGISTRY_BPF_ABSENT);
		return -ENOENT;
	}
	/* Relaxed: the exchange of the slot, a full barrier, comes after it. */
	if (order_cmpxchg_relaxed(&o->linked, 1, 0) == 1)
		err = registry_kptr_unlink(slot, o, id);
	else
		registry_count(REGISTRY_BPF_ABSENT);
	registry_kptr_put(o);
	return err;
}

#endif /* LATCHKIT_REGISTRY_KPTR_H */
