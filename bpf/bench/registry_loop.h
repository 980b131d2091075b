/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry_loop.h - operations on objects with ids drawn at random, in loops that user space
 * starts by test run and that time themselves. Classifiers: on every kernel they may use a queue,
 * and from 6.12 on allocate.
 */
#ifndef LATCHKIT_BPF_BENCH_REGISTRY_LOOP_H
#define LATCHKIT_BPF_BENCH_REGISTRY_LOOP_H

#include <latchkit/order.h>

#include "bpf/bench/registry_shared.h"

/* bpf_loop() takes no more. */
#define BOUNDED(count) ((count)&0x7fffff)

struct bench_registry_bpf_run run;

struct loop {
	lk_u64 random, objects, failed, sum;
};

static LK_INLINE lk_u64 draw(struct loop *l)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return (l->random >> 32) * l->objects >> 32;
}

/* Programs' names have 15 letters. `operation` gets a loop and an id; not 0: it failed. */
#define LOOP(name, operation) \
	static long step_##name(__u32 i, struct loop *l) \
	{ \
		l->failed += operation(l, draw(l)) != 0; \
		return 0; \
	} \
	SEC("tc") int lk_bench_##name(struct __sk_buff *skb) \
	{ \
		struct loop l = {.random = run.random, .objects = run.objects}; \
		lk_u64 start = bpf_ktime_get_ns(); \
\
		bpf_loop(BOUNDED(run.count), step_##name, &l, 0); \
		run.ns = bpf_ktime_get_ns() - start; \
		run.random = l.random; \
		run.failed = l.failed; \
		run.sum = l.sum; \
		return 0; \
	}

/* What is around every operation. */
static LK_INLINE int do_nothing(struct loop *l, lk_u64 id)
{
	l->sum += id;
	return 0;
}
LOOP(empty, do_nothing)

/* A word of a payload was read: is it that of this object? */
static LK_INLINE int look(struct loop *l, const lk_u64 *payload, lk_u64 id)
{
	/* Relaxed: one thread runs all of them. */
	lk_u64 word = order_load_relaxed(&payload[0]);

	l->sum += word;
	return word != id;
}

static LK_INLINE void fill_payload(lk_u64 *payload, lk_u64 id)
{
#pragma clang loop unroll(full)
	for (int i = 0; i < BENCH_REGISTRY_BPF_WORDS; i++)
		order_store_relaxed(&payload[i], id + i);
}

/* A program that inserts every id that is not there by insert_one(), 0 or a negative errno. */
#define FILL(name, insert_one) \
	static long step_##name(__u32 i, struct loop *l) \
	{ \
		int err = insert_one(i); \
\
		l->failed += err != 0 && err != -EEXIST; \
		return 0; \
	} \
	SEC("tc") int lk_bench_##name(struct __sk_buff *skb) \
	{ \
		struct loop l = {0}; \
\
		bpf_loop(BOUNDED(run.objects), step_##name, &l, 0); \
		run.failed = l.failed; \
		return 0; \
	}

#endif /* LATCHKIT_BPF_BENCH_REGISTRY_LOOP_H */
