/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bpf_helpers.h - the kernel, as far as the registries in BPF call it, for the proofs. At a fixed
 * address, as the pieces have no arguments for it.
 *
 * What is assumed of it is little, so that what is proved rests on the registries:
 *   hash map   an element is a word that says whether it is there, and its value; reading and
 *              writing them orders nothing
 *   array map  memory
 *   queue      what is pushed is popped, with all that was done before (its lock)
 *   kptr       an exchange of it is a full barrier, as of all atomic operations of the kernel that
 *              return something; getting and putting references of such an object orders nothing,
 *              and is granted
 * Words are 8 bytes: the interpreters know no others.
 */
#ifndef LATCHKIT_PROOF_BPF_HELPERS_H
#define LATCHKIT_PROOF_BPF_HELPERS_H

#include "latchkit/order.h"

#define __u32 lk_u64
#define __u64 lk_u64
#define SEC(name)
#define __ksym
#define __weak
#define __uint(name, value) int(*name)[value]
#define __type(name, value) __typeof__(value) *name
enum { BPF_MAP_TYPE_ARRAY = 1, BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_QUEUE, BPF_F_MMAPABLE, BPF_NOEXIST };

struct kernel_element {
	lk_u64 there, value;
};

struct kernel {
	lk_u64 queue; /* 1 + what is in it; 0: nothing */
	struct kernel_element elements[3]; /* by their keys */
};

/* Shared memory begins at 1 << 20; the objects are behind what the kernel has there. */
#define KERNEL ((struct kernel *)(1UL << 20))
#define KERNEL_OBJECTS ((void *)(KERNEL + 1))
/* What is at 2 << 20 is not shared: does the kernel refuse because a lock is held? */
#define KERNEL_BUSY (*(const volatile lk_u64 *)(2UL << 20))

static LK_INLINE void *kernel_find(lk_u64 key)
{
	struct kernel_element *e = &KERNEL->elements[key];

	return order_load_relaxed(&e->there) ? &e->value : 0;
}

static LK_INLINE long kernel_insert(lk_u64 key, lk_u64 value)
{
	struct kernel_element *e = &KERNEL->elements[key];

	if (order_load_relaxed(&e->there))
		return -EEXIST;
	order_store_relaxed(&e->value, value);
	order_store_relaxed(&e->there, 1);
	return 0;
}

static LK_INLINE long kernel_remove(lk_u64 key)
{
	struct kernel_element *e = &KERNEL->elements[key];

	if (KERNEL_BUSY)
		return -EBUSY;
	if (!order_load_relaxed(&e->there))
		return -ENOENT;
	order_store_relaxed(&e->there, 0);
	return 0;
}

static LK_INLINE long kernel_push(lk_u64 value)
{
	if (KERNEL_BUSY)
		return -EBUSY;
	order_store_release(&KERNEL->queue, 1 + value);
	return 0;
}

static LK_INLINE long kernel_pop(lk_u64 *value)
{
	lk_u64 found = order_load_acquire(&KERNEL->queue);

	if (!found)
		return -ENOENT;
	*value = found - 1;
	return 0;
}

#define bpf_map_update_elem(map, key, value, flags) kernel_insert(*(key), *(const lk_u64 *)(value))
#define bpf_map_delete_elem(map, key) kernel_remove(*(key))
#define bpf_map_push_elem(map, value, flags) kernel_push(*(value))
#define bpf_map_pop_elem(map, value) kernel_pop(value)
/* Once is enough. */
#define bpf_loop(count, function, context, flags) ((void)function(0, context))

#endif /* LATCHKIT_PROOF_BPF_HELPERS_H */
