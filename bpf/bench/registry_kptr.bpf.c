// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* registry_kptr.bpf.c - registry/kptr.h in loops. */
#include "bpf/bench/registry_shared.h"

#define REGISTRY_OBJECTS BENCH_REGISTRY_BPF_OBJECTS
#define REGISTRY_PAYLOAD_WORDS BENCH_REGISTRY_BPF_WORDS
#include <latchkit/registry/kptr.h>

#include "bpf/bench/registry_loop.h"

char LICENSE[] SEC("license") = "GPL";

static LK_INLINE int look_up(struct loop *l, lk_u64 id)
{
	struct registry_kptr_object *o = registry_kptr_lookup(id);
	int wrong;

	if (!o)
		return -ENOENT;
	wrong = look(l, o->payload, id);
	registry_kptr_put(o);
	return wrong;
}

static LK_INLINE int insert(lk_u64 id)
{
	struct registry_kptr_object *o = registry_kptr_new(id);

	if (!o)
		return -ENOMEM;
	fill_payload(o->payload, id);
	return registry_kptr_insert(o);
}

static LK_INLINE int replace(struct loop *l, lk_u64 id)
{
	int err = registry_kptr_delete(id);

	return insert(id) || err;
}

LOOP(look, look_up)
LOOP(repl, replace)
FILL(fill, insert)
