// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registry_kptr.bpf.c - registry/kptr.h as programs: one that does what its context asks for, by
 * test run, one that runs in NMIs, one for a typed raw tracepoint.
 */
#define REGISTRY_OBJECTS REGISTRY_TEST_OBJECTS
#define REGISTRY_PAYLOAD_WORDS REGISTRY_TEST_PAYLOAD
#include "registry_shared.h"
#include <latchkit/registry/kptr.h>

#define R(verb) registry_kptr_##verb
#include "registry_test.h"

char LICENSE[] SEC("license") = "GPL";

/* Where watchpoints go: the element of an id in the hash map, the counts. */
lk_u64 id_address, counts_address;
/* Whose entries to getppid the tracepoint's program looks at, and what it found. */
lk_u64 tgid, syscall_number, tracepoint_hits, tracepoint_result;
/* Make so many in an NMI, instead of what else is done there; and how many were made. */
lk_u64 make_in_nmi, made_in_nmi;

/* Slots of their own, by place, for references that are kept. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct registry_kptr_slot);
} held SEC(".maps");

static LK_INLINE int keep(lk_u64 place, struct registry_kptr_object *o)
{
	__u32 index = (__u32)place;
	struct registry_kptr_slot *slot = bpf_map_lookup_elem(&held, &index);

	if (!slot) {
		if (o)
			registry_kptr_put(o);
		return 0;
	}
	o = bpf_kptr_xchg(&slot->object, o);
	if (!o)
		return 0;
	look_at(o->payload, o->id);
	registry_kptr_put(o);
	return 1;
}

static long make_step(__u32 i, lk_u64 *made)
{
	struct registry_kptr_object *o = registry_kptr_new(i);

	if (!o)
		return 1;
	fill(o->payload, i);
	keep(i, o);
	*made += 1;
	return 0;
}

static long drop_step(__u32 i, void *ctx)
{
	(void)ctx;
	keep(i, 0);
	return 0;
}

/* Make so many at once, 256 at most, and put them. Returns how many there were. */
static LK_INLINE lk_u64 make_many(lk_u64 count)
{
	lk_u64 made = 0;

	bpf_loop(count & 255, make_step, &made, 0);
	bpf_loop(256, drop_step, 0, 0);
	return made;
}

static LK_INLINE int look_at_stale(lk_u64 id, lk_u64 other)
{
	struct registry_kptr_slot *slot = bpf_map_lookup_elem(&registry_slots, &other);
	struct registry_kptr_object *o = slot ? registry_kptr_get(id, slot) : 0;

	if (!o)
		return -ENOENT;
	look_at(o->payload, id);
	registry_kptr_put(o);
	return 0;
}

static LK_INLINE int where(lk_u64 id)
{
	id_address = (lk_u64)bpf_map_lookup_elem(&registry_slots, &id);
	counts_address = (lk_u64)&registry_counts;
	return id_address ? 0 : -ENOENT;
}

static LK_INLINE long request_own(const struct registry_args *args)
{
	switch (args->request) {
	case REGISTRY_NEW_MANY:
		return (long)make_many(args->a);
	case REGISTRY_STALE:
		return look_at_stale(args->a, args->b);
	default:
		return -EINVAL;
	}
}

SEC("syscall")
int on_request(struct registry_args *args)
{
	args->result = request(args);
	return 0;
}

SEC("perf_event")
int on_nmi(void *ctx)
{
	if (!order_load_relaxed(&make_in_nmi))
		interrupt(ctx);
	else if (!order_fetch_add_relaxed(&found.nmis, 1))
		made_in_nmi = make_many(order_load_relaxed(&make_in_nmi));
	return 0;
}

SEC("tp_btf/sys_enter")
int on_tracepoint(unsigned long long *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 != tgid || ctx[1] != syscall_number)
		return 0;
	tracepoint_hits++;
	tracepoint_result = (lk_u64)(long)look_at_one(1);
	return 0;
}
