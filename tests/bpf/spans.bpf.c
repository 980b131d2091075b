// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * spans.bpf.c - a table of spans.h with keys of KEY_WORDS words and values of two words more, in a
 * map that user space maps: a program that starts and ends random keys, as often as it is asked to,
 * started by BPF_PROG_TEST_RUN. With VARIABLE, the numbers of words are read-only data, as in
 * programs that are built once for all statements.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "tests/bpf/spans_test.h"

#include "bpf/latch_map.h"

char LICENSE[] SEC("license") = "GPL";

#define VALUE_WORDS (KEY_WORDS + 2)
#ifdef VARIABLE
const volatile unsigned int key_words = KEY_WORDS, value_words = VALUE_WORDS;
#else
#define key_words KEY_WORDS
#define value_words VALUE_WORDS
#endif

struct bucket {
	lk_u64 words[spans_bucket_words(KEY_WORDS, VALUE_WORDS)];
};

LATCH_MAP(table, struct bucket);

/* What the same costs without such a table. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, lk_u64[KEY_WORDS]);
	__type(value, lk_u64[VALUE_WORDS]);
} hash SEC(".maps");

struct spans_tally tallies[SPANS_TEST_WHO];
lk_u64 numbered; /* starts: the time of each is its number */
lk_u64 taken[SPANS_TEST_STARTS]; /* how often each was */
lk_u64 handed; /* the start that waits for the second program; 0: none */

static LK_INLINE lk_u64 *bucket_at(__u32 index)
{
	return bpf_map_lookup_elem(&table, &index);
}

/* A number below SPANS_TEST_STARTS, where a verifier looks. */
static LK_INLINE lk_u64 below(lk_u64 number)
{
	asm volatile("" : "+r"(number));
	return number & (SPANS_TEST_STARTS - 1);
}

struct span {
	lk_u64 key[SPANS_MAX_KEY_WORDS], hash, *first, *second;
};

static LK_INLINE int find(struct span *s, const struct spans_args *args, lk_u64 number)
{
	key_make(s->key, KEY_WORDS, number, args->seed);
	s->hash = keyed_hash(s->key, key_words, args->seed);
	s->first = bucket_at(keyed_first(s->hash, args->buckets));
	s->second = bucket_at(keyed_second(s->hash, args->buckets));
	return s->first && s->second;
}

/* Returns the number of the start, or 0. */
static LK_INLINE lk_u64 put(const struct spans_args *args, struct spans_tally *tally, lk_u64 key)
{
	lk_u64 value[SPANS_MAX_VALUE_WORDS], number;
	struct span s;
	int result;

	if (!find(&s, args, key))
		return 0;
	number = order_fetch_add_relaxed(&numbered, 1) + 1;
	span_make(value, VALUE_WORDS, s.key, number);
	result = spans_start(s.first, s.second, s.key, key_words, value, value_words, s.hash);
	tally->put++;
	if (result < 0) {
		tally->full++;
		return 0;
	}
	tally->restarted += result != 0;
	return number;
}

/* Returns the number of the start, or 0. */
static LK_INLINE lk_u64 take(const struct spans_args *args, struct spans_tally *tally, lk_u64 key)
{
	lk_u64 value[SPANS_MAX_VALUE_WORDS] = {0};
	struct span s;
	int n;

	if (!find(&s, args, key))
		return 0;
	n = spans_end(s.first, s.second, s.key, key_words, value, value_words, s.hash);
	if (n <= 0) {
		tally->unpaired++;
		return 0;
	}
	tally->ended++;
	tally->restarted += n - 1;
	if (!span_is_whole(value, VALUE_WORDS, s.key))
		tally->torn++;
	order_fetch_add_relaxed(&taken[below(value[0])], 1);
	return value[0];
}

/* The first program starts a span, the other one ends it when it was told: it is there. */
static LK_INLINE void hand_over(const struct spans_args *args, struct spans_tally *tally)
{
	lk_u64 waits = order_load_acquire(&handed);

	if (!args->who && !waits) {
		order_store_release(&handed, put(args, tally, SPANS_TEST_HANDED));
	} else if (args->who && waits) {
		if (take(args, tally, SPANS_TEST_HANDED) == waits)
			tally->handed++;
		else
			tally->lost++;
		order_store_release(&handed, 0);
	}
}

static long work_one(__u32 index, void *ctx)
{
	struct spans_args *args = ctx;
	struct spans_tally *tally = &tallies[args->who % SPANS_TEST_WHO];
	lk_u64 random = spans_draw(&args->random);

	if (index % 8 == 7)
		hand_over(args, tally);
	else if (random & 0x10000)
		put(args, tally, random % SPANS_TEST_KEYS);
	else
		take(args, tally, random % SPANS_TEST_KEYS);
	return 0;
}

SEC("syscall")
int work(struct spans_args *asked)
{
	struct spans_args args = *asked;

	bpf_loop(args.operations & 0x7fffff, work_one, &args, 0);
	return 0;
}

/* -- costs: a start and its end, of one key after the other ------------------------------------ */

lk_u64 failed; /* operations */

static long cost_none_one(__u32 index, void *ctx)
{
	struct spans_args *args = ctx;
	lk_u64 key[KEY_WORDS], value[VALUE_WORDS];

	key_make(key, KEY_WORDS, index % SPANS_TEST_KEYS, args->seed);
	span_make(value, VALUE_WORDS, key, index);
	asm volatile("" ::"r"(key), "r"(value) : "memory");
	return 0;
}

static long cost_spans_one(__u32 index, void *ctx)
{
	struct spans_args *args = ctx;
	lk_u64 value[SPANS_MAX_VALUE_WORDS] = {0};
	struct span s;

	if (!find(&s, args, index % SPANS_TEST_KEYS))
		return 1;
	span_make(value, VALUE_WORDS, s.key, index);
	if (spans_start(s.first, s.second, s.key, key_words, value, value_words, s.hash))
		failed++;
	if (spans_end(s.first, s.second, s.key, key_words, value, value_words, s.hash) != 1)
		failed++;
	return 0;
}

static long cost_hash_one(__u32 index, void *ctx)
{
	struct spans_args *args = ctx;
	lk_u64 key[KEY_WORDS], value[VALUE_WORDS], *found;

	key_make(key, KEY_WORDS, index % SPANS_TEST_KEYS, args->seed);
	span_make(value, VALUE_WORDS, key, index);
	if (bpf_map_update_elem(&hash, key, value, BPF_ANY))
		failed++;
	found = bpf_map_lookup_elem(&hash, key);
	if (found)
		for (int i = 0; i < VALUE_WORDS; i++)
			value[i] = found[i];
	asm volatile("" ::"r"(value) : "memory");
	if (bpf_map_delete_elem(&hash, key))
		failed++;
	return 0;
}

/* Each returns whether an operation failed. */
#define COST(name) \
	SEC("syscall") \
	int cost_##name(struct spans_args *asked) \
	{ \
		struct spans_args args = *asked; \
\
		failed = 0; \
		bpf_loop(args.operations & 0x7fffff, cost_##name##_one, &args, 0); \
		return failed != 0; \
	}
COST(none)
COST(spans)
COST(hash)
