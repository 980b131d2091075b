// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* registry_array.bpf.c - registry/array.h in loops. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "bpf/bench/registry_loop.h"

#define REGISTRY_OBJECTS BENCH_REGISTRY_BPF_OBJECTS
#define REGISTRY_PAYLOAD_WORDS BENCH_REGISTRY_BPF_WORDS
#include <latchkit/registry/array.h>

char LICENSE[] SEC("license") = "GPL";

static LK_INLINE int look_up(struct loop *l, lk_u64 id)
{
	struct registry_array_object *o = registry_array_lookup(id);
	int wrong;

	if (!o)
		return -ENOENT;
	wrong = look(l, o->payload, id);
	registry_array_put(o);
	return wrong;
}

static LK_INLINE int insert(lk_u64 id)
{
	struct registry_array_object *o = registry_array_new(id);
	int err;

	if (!o)
		return -ENOMEM;
	fill_payload(o->payload, id);
	err = registry_array_insert(o);
	if (err)
		registry_array_put(o);
	return err;
}

static LK_INLINE int replace(struct loop *l, lk_u64 id)
{
	int err = registry_array_delete(id);

	return insert(id) || err;
}

LOOP(look, look_up)
LOOP(repl, replace)
FILL(fill, insert)

SEC("tc") int lk_bench_create(struct __sk_buff *skb)
{
	run.failed = registry_array_create() != 0;
	return 0;
}
