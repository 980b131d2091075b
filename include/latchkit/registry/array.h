/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * array - the life of an object of registry.h in BPF, on any kernel from 6.1: objects lie in an
 * array map, a hash map tells where, a queue holds the free ones.
 *
 * Why an array: a lookup looks at an object before it has a reference to it, so the memory of an
 * object must stay an object. C has RCU for that. The value of a hash map cannot hold the count:
 * the map gives the memory of a deleted element to the next one at once, without waiting for
 * anybody, and overwrites what a program with a stale pointer still counts on. An element of an
 * array map is never freed, and nobody but these functions writes to it. A stale pointer then finds
 * a count of 0, which cannot be got, or another object, which is noticed by its id and put back.
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
 *   registry_array_insert(o)     0: that reference is the registry's now; -EEXIST, -EBUSY: it is
 *                                still the caller's, who puts it or tries again
 *   registry_array_lookup(id)    found, with a reference more; NULL
 *   registry_array_put(o)        the last one frees it: the payload is nobody's any more
 *   registry_array_delete(id)    0 to exactly one; -ENOENT; -EBUSY: still there
 *   registry_array_sweep(scan)   frees stranded objects among the next `scan` ones
 *
 * The including program includes <linux/bpf.h> or vmlinux.h, and <bpf/bpf_helpers.h>, and defines
 * REGISTRY_OBJECTS and REGISTRY_PAYLOAD_WORDS before; and, if it wants, REGISTRY_RELEASE(o), a
 * statement for an object that the last put has freed.
 *
 * Contexts   any, NMI included. An NMI that interrupts this CPU within the lock of the queue or of
 *            a bucket of the hash map is refused by these, and the operation undone: -EBUSY. An
 *            object whose last reference is put there is stranded until somebody sweeps
 * Cost       lookup: a hash lookup, an array lookup, a compare-exchange; put: an atomic add
 * Progress   lookup and put bounded (refcount.h); insert and delete take the map's locks
 * Order      what was written before registry_array_insert() is visible to who finds the object;
 *            what anybody did with it before putting it is visible to REGISTRY_RELEASE
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
	lk_u64 linked; /* 1: registered. Who makes it 0 owns the registry's reference */
	lk_u64 stranded; /* 1: free, but not in the queue */
	lk_u64 index; /* its own */
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
lk_u64 registry_cursor; /* where the next sweep goes on */

static LK_INLINE void registry_count(enum registry_bpf_count which)
{
	registry_bpf_add(&registry_counts, which);
}

static LK_INLINE struct registry_array_object *registry_array_at(__u32 index)
{
	return bpf_map_lookup_elem(&registry_objects, &index);
}

/* -- free objects ----------------------------------------------------------------------------- */

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
	/* Of older kernels the upper half of what a map returns is not defined. */
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
	 * id of the former life; pairs with the acquire in refcount_get(); mutant
	 * registry_array-relaxed-new. */
	if (!refcount_revive(&o->ref)) {
		registry_count(REGISTRY_BPF_DAMAGED);
		return 0;
	}
	registry_count(REGISTRY_BPF_MADE);
	return o;
}

/* The queue is locked: let the object be found by a sweep. */
static LK_INLINE void registry_array_strand(struct registry_array_object *o)
{
	/* ORDER: release, or who sweeps could give away an object that is not done with; pairs with
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
	/* Relaxed: any object is as good as another. */
	__u32 index = (__u32)order_fetch_add_relaxed(&registry_cursor, 1) % REGISTRY_OBJECTS;
	struct registry_array_object *o = registry_array_at(index);

	(void)i;
	(void)ctx;
	/* Relaxed: the compare-exchange tells. */
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

/* -- found by id ------------------------------------------------------------------------------ */

/*
 * Get the object that has this id, registered or on its way in or out. If there is none, *why is
 * -ENOENT, or -EBUSY if others got and put it faster than this one could.
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
	/* The element may be another's by now, and so may the object. */
	o = registry_array_at(*(volatile __u32 *)index);
	if (!o)
		return 0;
	if (!refcount_get(&o->ref, registry_counts.warnings)) {
		registry_count(REGISTRY_BPF_DYING);
		if (refcount_read(&o->ref))
			*why = -EBUSY;
		return 0;
	}
	/* Relaxed: it does not change while a reference is held, and the get was an acquire. */
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
	/* Relaxed: the caller's own. */
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
 * Unlinking is decided by a compare-exchange, before the hash map is told: from then on only this
 * one removes the element, so it is still that of this object. If the map refuses, the object is
 * linked again: as if it had been deleted and inserted anew.
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
		/* Nobody else removes it: it is there, or something is wrong. */
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
