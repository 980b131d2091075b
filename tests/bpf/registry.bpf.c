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

#include "registry_shared.h"

#define REGISTRY_OBJECTS REGISTRY_TEST_OBJECTS
#define REGISTRY_PAYLOAD_WORDS REGISTRY_TEST_PAYLOAD
#define REGISTRY_RELEASE(o) poison(o)
struct registry_array_object;
static inline void poison(struct registry_array_object *o);
#include <latchkit/registry/array.h>

#define R(verb) registry_array_##verb
#define R_PUT_REFUSED
#define R_CREATE registry_array_create()
#define R_TIDY registry_array_sweep(REGISTRY_OBJECTS)
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

static LK_INLINE int keep(lk_u64 place, struct registry_array_object *o)
{
	lk_u64 *at = &held[place % REGISTRY_TEST_HELD];
	struct registry_array_object *old = registry_array_at((__u32)*at - 1);

	*at = o ? o->index + 1 : 0;
	if (!old)
		return 0;
	look_at(old->payload, order_load_relaxed(&old->id));
	registry_array_put(old);
	return 1;
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

static LK_INLINE long request_own(const struct registry_args *args)
{
	if (args->request != REGISTRY_SWEEP)
		return -EINVAL;
	R_TIDY;
	return 0;
}

SEC("raw_tp")
int on_request(struct bpf_raw_tracepoint_args *ctx)
{
	struct registry_args args = {ctx->args[0], ctx->args[1], ctx->args[2], ctx->args[3], 0};

	return (int)request(&args);
}

SEC("perf_event")
int on_nmi(void *ctx)
{
	interrupt(ctx);
	return 0;
}
