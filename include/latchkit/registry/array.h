/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * array - a registry in BPF, on any kernel from 6.1: objects are elements of an array map, a hash
 * map has their index by id, a queue holds the free ones.
 *
 * Why an array: a lookup reads the count of an object before it has a reference to it, so the
 * memory must stay an object (type-stable). C has RCU for that. The value of a hash map cannot hold
 * the count: the map reuses the memory of a deleted element at once, without a grace period, and so
 * overwrites a count that a program with a stale pointer still uses. An element of an array map is
 * never freed, and only these functions write to it. A stale pointer then finds a count of 0, which
 * cannot be got, or another object, which is told by its id and put again.
 *
 *   word      free   new     linked   unlinked, still held   stranded
 *   ref       0      1       1 ..     1 ..                   0
 *   id        old    id      id       id                     old
 *   linked    0      0       1        0                      0
 *   stranded  0      0       0        0                      1
 *
 *   registry_array_create()      0 or -errno; once, before anything else
 *   registry_array_new(id)       an object with one reference, the caller's; NULL: none is free, or
 *                                the queue is busy. The caller fills its payload
 *   registry_array_insert(o)     0: that reference is the registry's now; -EEXIST, -EBUSY, -ENOMEM:
 *                                it is still the caller's, who puts it or tries again
 *   registry_array_lookup(id)    the object, with one more reference, the caller's, or NULL
 *   registry_array_put(o)        the last one frees it: the payload may be reused at once
 *   registry_array_delete(id)    0 to exactly one caller; -ENOENT; -EBUSY: it is still linked
 *   registry_array_sweep(scan)   frees stranded objects among the next `scan` ones
 *
 * Before including this header, include <linux/bpf.h> or vmlinux.h, and <bpf/bpf_helpers.h>, and
 * define REGISTRY_OBJECTS and REGISTRY_PAYLOAD_WORDS; optionally REGISTRY_RELEASE(o), a statement
 * for an object whose last reference was put.
 *
 * Contexts   any, NMI included. An NMI that interrupts this CPU while it holds the lock of the
 *            queue or of a bucket of the hash map is refused by the map, and the operation undone:
 *            -EBUSY. An object whose last reference is put there is stranded until the next sweep
 * Cost       lookup: a hash lookup, an array lookup, a compare-exchange; put: an atomic add
 * Progress   lookup and put bounded (refcount.h); insert and delete take the map's locks
 * Ordering   stores before registry_array_insert() are visible to whoever finds the object;
 *            accesses to it before a put are complete before REGISTRY_RELEASE
 * Ids        any 64-bit number
 */
#ifndef LATCHKIT_REGISTRY_ARRAY_H
#define LATCHKIT_REGISTRY_ARRAY_H

#include "bpf_count.h"

#ifndef REGISTRY_OBJECTS
#error "define REGISTRY_OBJECTS and REGISTRY_PAYLOAD_WORDS before including registry/array.h"
#endif
#ifndef REGISTRY_RELEASE
#define REGISTRY_RELEASE(o) (void)(o)
#endif

struct registry_array_object {
	struct refcount ref;
	lk_u64 id;
	lk_u64 linked; /* 1: linked. Whoever sets it to 0 owns the registry's reference */
	lk_u64 stranded; /* 1: free, but not in the queue */
	lk_u64 index; /* its own, in registry_objects */
	lk_u64 payload[REGISTRY_PAYLOAD_WORDS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, REGISTRY_OBJECTS);
	__type(key, __u32);
	__type(value, struct registry_array_object);
} registry_objects SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, REGISTRY_OBJECTS);
	__type(key, lk_u64);
	__type(value, __u32);
} registry_ids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, REGISTRY_OBJECTS);
	__uint(value_size, sizeof(__u32));
} registry_free SEC(".maps");

struct registry_bpf_counts registry_counts;
lk_u64 registry_cursor; /* where the next sweep starts */

static LK_INLINE void registry_count(enum registry_bpf_count which)
{
	registry_bpf_add(&registry_counts, which);
}

static LK_INLINE struct registry_array_object *registry_array_at(__u32 index)
{
	return bpf_map_lookup_elem(&registry_objects, &index);
}

/* -- allocating and freeing ---------------------------------------------------------------- */

static long registry_array_create_one(__u32 index, int *err)
{
	struct registry_array_object *o = registry_array_at(index);

	if (!o)
		return 1;
	o->index = index;
	*err = (int)bpf_map_push_elem(&registry_free, &index, 0);
	return *err != 0;
}

static LK_INLINE int registry_array_create(void)
{
	int err = 0;

	bpf_loop(REGISTRY_OBJECTS, registry_array_create_one, &err, 0);
	return err;
}

static LK_INLINE struct registry_array_object *registry_array_new(lk_u64 id)
{
	struct registry_array_object *o;
	__u32 index;
	/* On older kernels the upper half of what a map function returns is undefined. */
	int err = (int)bpf_map_pop_elem(&registry_free, &index);

	if (err) {
		registry_count(err == -ENOENT ? REGISTRY_BPF_NO_OBJECT : REGISTRY_BPF_QUEUE_BUSY);
		return 0;
	}
	o = registry_array_at(index);
	if (!o)
		return 0;
	order_store_relaxed(&o->id, id);
	/* ORDER: release, or a lookup with a stale index could get the reference and still see the
	 * id from before the reuse; pairs with the acquire in refcount_get(); mutant
	 * registry_array-relaxed-new. */
	if (!refcount_revive(&o->ref)) {
		registry_count(REGISTRY_BPF_DAMAGED);
		return 0;
	}
	registry_count(REGISTRY_BPF_MADE);
	return o;
}

/* Leave a free object to a sweep, as the queue is locked. */
static LK_INLINE void registry_array_strand(struct registry_array_object *o)
{
	/* ORDER: release, or a sweep could free an object that is still being used; pairs with
	 * the compare-exchange in registry_array_sweep_one(); mutant registry_array-relaxed-strand.
	 */
	order_store_release(&o->stranded, 1);
}

static LK_INLINE void registry_array_put(struct registry_array_object *o)
{
	__u32 index;

	if (!refcount_put(&o->ref, registry_counts.warnings))
		return;
	REGISTRY_RELEASE(o);
	registry_count(REGISTRY_BPF_FREED);
	index = (__u32)o->index;
	if ((int)bpf_map_push_elem(&registry_free, &index, 0)) {
		registry_count(REGISTRY_BPF_STRANDED);
		registry_array_strand(o);
	}
}

static long registry_array_sweep_one(__u32 i, void *ctx)
{
	/* Relaxed: any index will do. */
	__u32 index = (__u32)order_fetch_add_relaxed(&registry_cursor, 1) % REGISTRY_OBJECTS;
	struct registry_array_object *o = registry_array_at(index);

	(void)i;
	(void)ctx;
	/* Relaxed: a stale value makes the compare-exchange fail. */
	if (!o || !order_load_relaxed(&o->stranded))
		return 0;
	/* ORDER: acquire, as the pop of a queue; pairs with registry_array_strand(); mutant
	 * registry_array-relaxed-sweep. */
	if (order_cmpxchg_acquire(&o->stranded, 1, 0) != 1)
		return 0;
	if ((int)bpf_map_push_elem(&registry_free, &index, 0))
		registry_array_strand(o);
	else
		registry_count(REGISTRY_BPF_SWEPT);
	return 0;
}

static LK_INLINE void registry_array_sweep(__u32 scan)
{
	bpf_loop(scan, registry_array_sweep_one, 0, 0);
}

/* -- lookup by id ------------------------------------------------------------------------- */

/*
 * Get the object with this id, linked or being inserted or deleted. Returns NULL if there is none:
 * *why is -ENOENT, or -EBUSY if the count changed REFCOUNT_TRIES times meanwhile.
 */
static LK_INLINE struct registry_array_object *registry_array_get(lk_u64 id, int *why)
{
	struct registry_array_object *o;
	__u32 *index = bpf_map_lookup_elem(&registry_ids, &id);

	*why = -ENOENT;
	if (!index) {
		registry_count(REGISTRY_BPF_MISS);
		return 0;
	}
	/* The element may be reused by now, and so may the object. */
	o = registry_array_at(*(volatile __u32 *)index);
	if (!o)
		return 0;
	if (!refcount_get(&o->ref, registry_counts.warnings)) {
		registry_count(REGISTRY_BPF_DYING);
		if (refcount_read(&o->ref))
			*why = -EBUSY;
		return 0;
	}
	/* Relaxed: constant while a reference is held, and the get was an acquire. */
	if (order_load_relaxed(&o->id) == id)
		return o;
	registry_count(REGISTRY_BPF_OTHER);
	registry_array_put(o);
	return 0;
}

static LK_INLINE struct registry_array_object *registry_array_lookup(lk_u64 id)
{
	int why;
	struct registry_array_object *o = registry_array_get(id, &why);

	if (!o)
		return 0;
	/* ORDER: acquire, or the payload could be read as it was before it was filled; pairs with
	 * the release in registry_array_insert(); mutant registry_array-relaxed-lookup. */
	if (order_load_acquire(&o->linked)) {
		registry_count(REGISTRY_BPF_HIT);
		return o;
	}
	registry_count(REGISTRY_BPF_OTHER);
	registry_array_put(o);
	return 0;
}

static LK_INLINE int registry_array_insert(struct registry_array_object *o)
{
	__u32 index = (__u32)o->index;
	/* Relaxed: not published yet. */
	lk_u64 id = order_load_relaxed(&o->id);
	int err = (int)bpf_map_update_elem(&registry_ids, &id, &index, BPF_NOEXIST);

	if (err)
		return registry_bpf_refused(&registry_counts, err);
	registry_count(REGISTRY_BPF_INSERTED);
	/* ORDER: release, or a lookup could see the payload half filled; pairs with the acquire in
	 * registry_array_lookup(); mutant registry_array-relaxed-insert. */
	order_store_release(&o->linked, 1);
	return 0;
}

/*
 * A compare-exchange decides who unlinks, before the hash map is changed: after it only this caller
 * removes the element, so it is still that of this object. If the map refuses, the object is linked
 * again, as if it had been deleted and inserted anew. Returns 0, -ENOENT or -EBUSY.
 */
static LK_INLINE int registry_array_unlink(struct registry_array_object *o, lk_u64 id)
{
	int err;

	/* ORDER: acquire, or the element could be removed before it is inserted, and linking again
	 * would not pass on what the insert published; pairs with the release in
	 * registry_array_insert(); mutant registry_array-relaxed-unlink. */
	if (order_cmpxchg_acquire(&o->linked, 1, 0) != 1) {
		registry_count(REGISTRY_BPF_ABSENT);
		return -ENOENT;
	}
	err = (int)bpf_map_delete_elem(&registry_ids, &id);
	if (err) {
		/* Nobody else removes it: -ENOENT is a broken invariant. */
		registry_count(err == -ENOENT ? REGISTRY_BPF_DAMAGED : REGISTRY_BPF_DELETE_BUSY);
		/* ORDER: release, as in registry_array_insert(); pairs with the same acquires;
		 * mutant registry_array-relaxed-relink. */
		order_store_release(&o->linked, 1);
		return -EBUSY;
	}
	registry_count(REGISTRY_BPF_DELETED);
	return 0;
}

static LK_INLINE int registry_array_delete(lk_u64 id)
{
	int err;
	struct registry_array_object *o = registry_array_get(id, &err);

	if (!o) {
		registry_count(REGISTRY_BPF_ABSENT);
		return err;
	}
	err = registry_array_unlink(o, id);
	if (!err)
		registry_array_put(o); /* the registry's */
	registry_array_put(o);
	return err;
}

#endif /* LATCHKIT_REGISTRY_ARRAY_H */
