// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * keyed.bpf.c - a table of keyed.h with keys of KEY_WORDS words in a map that user space maps: a
 * program that counts random keys, as often as it is asked to, started by BPF_PROG_TEST_RUN.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "tests/bpf/keyed_test.h"

#include "bpf/latch_map.h"

char LICENSE[] SEC("license") = "GPL";

struct bucket {
	lk_u64 words[keyed_bucket_words(KEY_WORDS, KEYED_LATCH)];
};

LATCH_MAP(table, struct bucket);

struct keyed_tally tallies[KEYED_TEST_WHO];

static LK_INLINE lk_u64 *bucket_at(__u32 index)
{
	return bpf_map_lookup_elem(&table, &index);
}

static long count_one(__u32 index, void *ctx)
{
	struct keyed_args *args = ctx;
	struct keyed_tally *tally = &tallies[args->who % KEYED_TEST_WHO];
	unsigned int number = keyed_draw(&args->random);
	lk_u64 key[KEY_WORDS], hash, *first, *second, *latch;
	int made;

	key_make(key, KEY_WORDS, number, args->seed);
	hash = keyed_hash(key, KEY_WORDS, args->seed);
	first = bucket_at(keyed_first(hash, args->buckets));
	second = bucket_at(keyed_second(hash, args->buckets));
	if (!first || !second)
		return 1;
	latch = keyed_latch(first, second, key, KEY_WORDS, KEYED_LATCH, hash, &made);
	if (!latch) {
		tally->refused++;
		return 0;
	}
	tally->made += made != 0;
	if (latch_accumulate(latch, KEYED_RECORD, key_apply, &key[0]))
		tally->busy++;
	else if (number < KEYED_TEST_KEYS)
		tally->counted[number]++;
	return 0;
}

SEC("syscall")
int count(struct keyed_args *asked)
{
	struct keyed_args args = *asked;

	bpf_loop(args.counts & 0x7fffff, count_one, &args, 0);
	return 0;
}
