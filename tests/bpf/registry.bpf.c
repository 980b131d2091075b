// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registry.bpf.c - registry/array.h as programs: one that does what its context asks for, by test
 * run, and one that runs in NMIs. Raw tracepoints, as Linux 6.1 lets no sleepable program, which
 * one for a system call must be, use a queue.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include <latchkit/record.h>

#include "registry_shared.h"
#include "bpf/trace/shared.h"

/* Only the context probe's members are used. */
const volatile struct trace_settings settings;

#include "bpf/trace/context.h"

#define REGISTRY_OBJECTS REGISTRY_TEST_OBJECTS
#define REGISTRY_PAYLOAD_WORDS REGISTRY_TEST_PAYLOAD
#define REGISTRY_RELEASE(o) poison(o)
struct registry_array_object;
static inline void poison(struct registry_array_object *o);
#include <latchkit/registry/array.h>

#include "registry_test.h"

char LICENSE[] SEC("license") = "GPL";

/* Where watchpoints go: an object, the counts, the element of an id in the hash map, the queue. */
lk_u64 object_address, counts_address, id_address, queue_address;
/* In the queue: where it says which place is next, and the first place. 0: not known here. */
lk_u64 queue_head, queue_elements;
/* References that are kept: index + 1. */
lk_u64 held[REGISTRY_TEST_HELD];

struct bpf_queue_stack___latchkit {
	__u32 head;
	char elements[0];
} __attribute__((preserve_access_index));

/* A life ends once: by then the payload is whole. */
static inline void poison(struct registry_array_object *o)
{
	if (!life_of(o->payload, order_load_relaxed(&o->id)))
		FOUND(released_twice);
#pragma clang loop unroll(full)
	for (int i = 0; i < REGISTRY_TEST_PAYLOAD; i++)
		order_store_relaxed(&o->payload[i], POISON);
}

static __attribute__((noinline)) int insert_one(lk_u64 id)
{
	struct registry_array_object *o = registry_array_new(id);
	int err;

	if (!o)
		return -ENOMEM;
	fill(o->payload, id);
	err = registry_array_insert(o);
	if (err)
		registry_array_put(o);
	return err;
}

static __attribute__((noinline)) int look_at_one(lk_u64 id)
{
	struct registry_array_object *o = registry_array_lookup(id);

	if (!o)
		return -ENOENT;
	look_at(o->payload, id);
	registry_array_put(o);
	return 0;
}

static __attribute__((noinline)) int delete_one(lk_u64 id)
{
	return registry_array_delete(id);
}

static void tidy(void)
{
	registry_array_sweep(REGISTRY_OBJECTS);
}

static LK_INLINE int hold(lk_u64 id, lk_u64 place)
{
	struct registry_array_object *o = registry_array_lookup(id);

	if (!o)
		return -ENOENT;
	held[place % REGISTRY_TEST_HELD] = o->index + 1;
	return 0;
}

static LK_INLINE int put(lk_u64 place)
{
	struct registry_array_object *o =
		registry_array_at((__u32)held[place % REGISTRY_TEST_HELD] - 1);

	if (!o)
		return -ENOENT;
	held[place % REGISTRY_TEST_HELD] = 0;
	look_at(o->payload, order_load_relaxed(&o->id));
	registry_array_put(o);
	return 0;
}

static LK_INLINE int where(lk_u64 id)
{
	struct bpf_queue_stack___latchkit *queue = 0;

	object_address = (lk_u64)registry_array_at(0);
	counts_address = (lk_u64)&registry_counts;
	id_address = (lk_u64)bpf_map_lookup_elem(&registry_ids, &id);
	queue_address = (lk_u64)&registry_free;
	if (bpf_core_field_exists(queue->elements)) {
		queue_head = bpf_core_field_offset(queue->head);
		queue_elements = bpf_core_field_offset(queue->elements);
	}
	return id_address ? 0 : -ENOENT;
}

static LK_INLINE int request(lk_u64 what, lk_u64 a, lk_u64 b, lk_u64 c)
{
	switch (what) {
	case REGISTRY_CREATE:
		return registry_array_create();
	case REGISTRY_INSERT:
		return insert_one(a);
	case REGISTRY_LOOKUP:
		return look_at_one(a);
	case REGISTRY_HOLD:
		return hold(a, b);
	case REGISTRY_PUT:
		return put(b);
	case REGISTRY_DELETE:
		return delete_one(a);
	case REGISTRY_SWEEP:
		tidy();
		return 0;
	case REGISTRY_WHERE:
		return where(a);
	case REGISTRY_STORM:
		storm(a, b, c);
		return 0;
	default:
		return -EINVAL;
	}
}

SEC("raw_tp")
int on_request(struct bpf_raw_tracepoint_args *ctx)
{
	return request(ctx->args[0], ctx->args[1], ctx->args[2], ctx->args[3]);
}

SEC("perf_event")
int on_nmi(void *ctx)
{
	interrupt(ctx);
	return 0;
}
