// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * keyed.bpf.c - records by key, updated in loops that user space starts by test run and that time
 * themselves: in a table of latchkit/keyed.h, and in the maps that people use instead. A program
 * for each way, kind of record and size of key; user space loads one, and sets what kind of map it
 * is for and how large.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <linux/errno.h>

#include "bpf/bench/keyed_shared.h"

char LICENSE[] SEC("license") = "GPL";

/* bpf_loop() takes no more. */
#define BOUNDED(count) ((count)&0x7fffff)

const volatile unsigned int buckets = 2;
const volatile lk_u64 seed = 0;

struct bench_keyed_run runs[BENCH_KEYED_RUNS];

/* The buckets of latchkit/keyed.h. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(lk_u64));
} table SEC(".maps");

/* A hash map: plain, of each CPU or LRU. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(lk_u64));
	__uint(value_size, sizeof(lk_u64));
} map SEC(".maps");

/* A record, and where a copy of it is changed: there is no room for it on the stack. */
struct record {
	lk_u64 words[LATENCY_WORDS];
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct record);
} scratch SEC(".maps");

enum { SCRATCH_ZEROS, SCRATCH_COPY };

struct loop {
	lk_u64 random, keys, refused, sum;
};

/* -- records ----------------------------------------------------------------------------------- */

static LK_INLINE void count_apply(lk_u64 *record, const void *delta)
{
	(void)delta;
	latch_word_set(record, 0, latch_word_get(record, 0) + 1);
}

static LK_INLINE void count_add(lk_u64 *record, const lk_u64 *ns)
{
	count_apply(record, ns);
}

static LK_INLINE void latency_add(lk_u64 *record, const lk_u64 *ns)
{
	latency_apply(record, ns);
}

static LK_INLINE void count_atomically(lk_u64 *record, const lk_u64 *ns)
{
	(void)ns;
	__sync_fetch_and_add(record, 1);
}

/* As people write it: there is no atomic minimum. */
static LK_INLINE void latency_atomically(lk_u64 *record, const lk_u64 *ns)
{
	lk_u64 count = latch_word_get(record, LATENCY_COUNT);

	__sync_fetch_and_add(&record[LATENCY_COUNT], 1);
	__sync_fetch_and_add(&record[LATENCY_SUM], *ns);
	if (!count || *ns < latch_word_get(record, LATENCY_MIN))
		latch_word_set(record, LATENCY_MIN, *ns);
	if (*ns > latch_word_get(record, LATENCY_MAX))
		latch_word_set(record, LATENCY_MAX, *ns);
	__sync_fetch_and_add(&record[LATENCY_BUCKET0 + latency_bucket(*ns)], 1);
}

/* -- ways to update the record of a key; not 0: refused ---------------------------------------- */

static LK_INLINE struct record *scratch_of(__u32 which)
{
	return bpf_map_lookup_elem(&scratch, &which);
}

/* The record of a key in a hash map, made if it is not there. */
static LK_INLINE lk_u64 *record_of(const lk_u64 *key)
{
	lk_u64 *record = bpf_map_lookup_elem(&map, key);
	struct record *zeros;

	if (record)
		return record;
	zeros = scratch_of(SCRATCH_ZEROS);
	if (zeros)
		bpf_map_update_elem(&map, key, zeros, BPF_NOEXIST);
	return bpf_map_lookup_elem(&map, key);
}

static LK_INLINE int keyed_one(const lk_u64 *key, unsigned int key_words, unsigned int words,
			       latch_apply_fn *apply, const lk_u64 *ns)
{
	unsigned int latch_words = latch_accumulate_words(words);
	lk_u64 hash = keyed_hash(key, key_words, seed), *first, *second, *latch;
	__u32 a = keyed_first(hash, buckets), b = keyed_second(hash, buckets);

	first = bpf_map_lookup_elem(&table, &a);
	if (!first)
		return 1;
	latch = keyed_lookup(first, key, key_words, latch_words, hash);
	if (!latch) {
		second = bpf_map_lookup_elem(&table, &b);
		if (!second)
			return 1;
		latch = keyed_lookup(second, key, key_words, latch_words, hash);
		if (!latch)
			latch = keyed_make(first, second, key, key_words, latch_words, hash);
	}
	return !latch || latch_accumulate(latch, words, apply, ns);
}

/* Look the record up and change it in its place. */
static LK_INLINE int in_place(const lk_u64 *key, void (*add)(lk_u64 *record, const lk_u64 *ns),
			      const lk_u64 *ns)
{
	lk_u64 *record = record_of(key);

	if (!record)
		return 1;
	add(record, ns);
	return 0;
}

/* Look the record up, change a copy and put that in its place. */
static LK_INLINE int by_copy(const lk_u64 *key, unsigned int words,
			     void (*add)(lk_u64 *record, const lk_u64 *ns), const lk_u64 *ns)
{
	lk_u64 *record = bpf_map_lookup_elem(&map, key);
	struct record *copy = scratch_of(SCRATCH_COPY);

	if (!copy)
		return 1;
#pragma clang loop unroll(full)
	for (unsigned int i = 0; i < words; i++)
		copy->words[i] = record ? latch_word_get(record, i) : 0;
	add(copy->words, ns);
	return bpf_map_update_elem(&map, key, copy, BPF_ANY) != 0;
}

/* -- loops ------------------------------------------------------------------------------------- */

static LK_INLINE lk_u64 draw(struct loop *l, __u32 i)
{
	if (!l->random)
		return i;
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return (l->random >> 32) * l->keys >> 32;
}

/* What is around every update. */
static LK_INLINE int do_nothing(const lk_u64 *key, const lk_u64 *ns)
{
	asm volatile("" ::"r"(key), "r"(ns) : "memory");
	return 0;
}

#define KEY(n) \
	struct key_##n { \
		lk_u64 words[n]; \
	};
KEY(1)
KEY(4)

/*
 * A program lk_bench_NAME that does `update` with `key` of that many words and `ns`. The update is
 * a function that the verifier looks at once, not in each turn of the loop.
 */
#define LOOP(name, n, update) \
	__noinline int one_##name(const struct key_##n *k, lk_u64 took) \
	{ \
		const lk_u64 *key, *ns = &took; \
\
		if (!k) \
			return 1; \
		key = k->words; \
		return update; \
	} \
	static long step_##name(__u32 i, struct loop *l) \
	{ \
		lk_u64 id = draw(l, i); \
		struct key_##n key; \
\
		_Pragma("clang loop unroll(full)") for (int w = 0; w < n; w++) \
		{ \
			key.words[w] = bench_keyed_word(id, w); \
			l->sum += key.words[w]; \
		} \
		l->refused += one_##name(&key, (l->random & 0xffff) + 1) != 0; \
		return 0; \
	} \
	SEC("tc") int lk_bench_##name(struct __sk_buff *skb) \
	{ \
		struct bench_keyed_run *run = &runs[skb->cb[0] % BENCH_KEYED_RUNS]; \
		struct loop l = {.random = run->random, .keys = run->keys}; \
		lk_u64 start = bpf_ktime_get_ns(); \
\
		bpf_loop(BOUNDED(run->count), step_##name, &l, 0); \
		run->ns = bpf_ktime_get_ns() - start; \
		run->random = l.random; \
		run->refused = l.refused; \
		run->sum = l.sum; \
		return 0; \
	}

#define RECORD(kind, words, n) \
	LOOP(keyed_##kind##n, n, keyed_one(key, n, words, kind##_apply, ns)) \
	LOOP(atomic_##kind##n, n, in_place(key, kind##_atomically, ns)) \
	LOOP(plain_##kind##n, n, in_place(key, kind##_add, ns)) \
	LOOP(update_##kind##n, n, by_copy(key, words, kind##_add, ns))

#define SIZED(n) \
	LOOP(empty_##n, n, do_nothing(key, ns)) \
	RECORD(count, BENCH_KEYED_COUNT_WORDS, n) \
	RECORD(latency, LATENCY_WORDS, n)

SIZED(1)
SIZED(4)
