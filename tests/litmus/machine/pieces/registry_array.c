/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is done with an object of registry/array.h, as functions of their own, for the proofs to
 * disassemble: one object, ids 1 and 2.
 */
#define inline inline __attribute__((always_inline)) /* the interpreters know no calls */
#define REGISTRY_OBJECTS 1
#define REGISTRY_PAYLOAD_WORDS 1
/* Who frees it looks at it and changes it. */
#define REGISTRY_RELEASE(o) piece_release((o)->payload)

#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#define bpf_map_lookup_elem(map, key) \
	((const void *)(map) == (const void *)&registry_ids ? kernel_find(*(key)) \
							    : piece_object(*(key)))

static LK_INLINE void piece_release(lk_u64 *payload)
{
	(void)order_load_relaxed(payload);
	order_store_relaxed(payload, 9);
}

static LK_INLINE void *piece_object(lk_u64 index)
{
	return (char *)KERNEL_OBJECTS + index * 8 * (5 + REGISTRY_PAYLOAD_WORDS);
}

#include "latchkit/registry/bpf_count.h"
/* What is counted for people orders nothing, nor does where a sweep begins: left out. */
#define registry_bpf_add(counts, which) ((void)(which))
#undef order_fetch_add_relaxed
#define order_fetch_add_relaxed(p, v) 0
#include "latchkit/registry/array.h"

/* The caller has a reference. */
#define OBJECT ((struct registry_array_object *)KERNEL_OBJECTS)

static LK_INLINE int piece_fill(lk_u64 id, lk_u64 payload)
{
	struct registry_array_object *o = registry_array_new(id);

	if (!o)
		return -1;
	order_store_relaxed(&o->payload[0], payload);
	return registry_array_insert(o);
}

int piece_publish(void)
{
	return piece_fill(1, 1);
}

/* What somebody finds by the id 1; the reference stays. */
int piece_find(void)
{
	struct registry_array_object *o = registry_array_lookup(1);

	return o ? (int)order_load_relaxed(&o->payload[0]) : -1;
}

int piece_delete(void)
{
	return registry_array_delete(1);
}

/* Where the map refuses; that is no failure. */
int piece_refused_delete(void)
{
	return registry_array_delete(1) == -EBUSY ? 0 : -1;
}

/* Delete it and use its memory for an object of the same id. */
int piece_delete_publish(void)
{
	return registry_array_delete(1) ? -1 : piece_fill(1, 2);
}

int piece_new_other(void)
{
	return piece_fill(2, 2);
}

/* Use an object and put it, not the last. */
int piece_use_put(void)
{
	lk_u64 id = order_load_relaxed(&OBJECT->id);

	order_store_relaxed(&OBJECT->payload[0], 3);
	registry_array_put(OBJECT);
	return (int)id;
}

int piece_put(void)
{
	registry_array_put(OBJECT);
	return 0;
}

/* Look at the new object as it was left. */
static LK_INLINE int piece_reuse(void)
{
	struct registry_array_object *o = registry_array_new(2);
	lk_u64 left;

	if (!o)
		return -1;
	left = order_load_relaxed(&o->payload[0]);
	order_store_relaxed(&o->payload[0], 2);
	return (int)left;
}

int piece_put_reuse(void)
{
	registry_array_put(OBJECT);
	return piece_reuse();
}

int piece_sweep_reuse(void)
{
	registry_array_sweep(1);
	return piece_reuse();
}
