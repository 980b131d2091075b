// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registry_maps.bpf.c - what people use instead of a registry in BPF: hash maps. Nobody holds
 * a reference to what a lookup finds: it may be another's as soon as it is found, and a copy of it
 * may be torn, unless every program that touches it takes the lock in it.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <linux/errno.h>

#include "bpf/bench/registry_loop.h"

char LICENSE[] SEC("license") = "GPL";

struct value {
	lk_u64 words[BENCH_REGISTRY_BPF_WORDS];
};

struct locked_value {
	struct bpf_spin_lock lock;
	lk_u64 words[BENCH_REGISTRY_BPF_WORDS];
};

#define HASH(name, value_type, flags) \
	struct { \
		__uint(type, BPF_MAP_TYPE_HASH); \
		__uint(map_flags, flags); \
		__uint(max_entries, BENCH_REGISTRY_BPF_OBJECTS); \
		__type(key, lk_u64); \
		__type(value, value_type); \
	} name SEC(".maps")

HASH(hash, struct value, 0);
HASH(hash_alloc, struct value, BPF_F_NO_PREALLOC);
HASH(hash_locked, struct locked_value, 0);

static LK_INLINE void copy_payload(const lk_u64 *payload)
{
#pragma clang loop unroll(full)
	for (int i = 0; i < BENCH_REGISTRY_BPF_WORDS; i++)
		order_store_relaxed(&run.copy[i], order_load_relaxed(&payload[i]));
}

static LK_INLINE int look_up(struct loop *l, void *map, lk_u64 id)
{
	struct value *v = bpf_map_lookup_elem(map, &id);

	return v ? look(l, v->words, id) : -ENOENT;
}

static LK_INLINE int insert(void *map, lk_u64 id)
{
	struct value v;

	fill_payload(v.words, id);
	return (int)bpf_map_update_elem(map, &id, &v, BPF_NOEXIST);
}

static LK_INLINE int replace(void *map, lk_u64 id)
{
	int err = (int)bpf_map_delete_elem(map, &id);

	return insert(map, id) || err;
}

static LK_INLINE int look_up_hash(struct loop *l, lk_u64 id)
{
	return look_up(l, &hash, id);
}

static LK_INLINE int look_up_alloc(struct loop *l, lk_u64 id)
{
	return look_up(l, &hash_alloc, id);
}

static LK_INLINE int copy_hash(struct loop *l, lk_u64 id)
{
	struct value *v = bpf_map_lookup_elem(&hash, &id);

	if (!v)
		return -ENOENT;
	copy_payload(v->words);
	return look(l, run.copy, id);
}

static LK_INLINE int copy_locked(struct loop *l, lk_u64 id)
{
	struct locked_value *v = bpf_map_lookup_elem(&hash_locked, &id);

	if (!v)
		return -ENOENT;
	bpf_spin_lock(&v->lock);
	copy_payload(v->words);
	bpf_spin_unlock(&v->lock);
	return look(l, run.copy, id);
}

static LK_INLINE int replace_hash(struct loop *l, lk_u64 id)
{
	return replace(&hash, id);
}

static LK_INLINE int replace_alloc(struct loop *l, lk_u64 id)
{
	return replace(&hash_alloc, id);
}

static LK_INLINE int insert_locked(lk_u64 id)
{
	struct locked_value v = {0};

	fill_payload(v.words, id);
	return (int)bpf_map_update_elem(&hash_locked, &id, &v, BPF_NOEXIST);
}

static LK_INLINE int insert_all(lk_u64 id)
{
	int in_hash = insert(&hash, id), allocated = insert(&hash_alloc, id),
	    locked = insert_locked(id);

	if (in_hash && in_hash != -EEXIST)
		return in_hash;
	return allocated && allocated != -EEXIST ? allocated : locked;
}

LOOP(look, look_up_hash)
LOOP(look_al, look_up_alloc)
LOOP(copy, copy_hash)
LOOP(copy_lk, copy_locked)
LOOP(repl, replace_hash)
LOOP(repl_al, replace_alloc)
FILL(fill, insert_all)
