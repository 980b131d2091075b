// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * latch.bpf.c - one latch alone, LATCH_VARIANT with records of LATCH_WORDS words: programs that
 * write and read it in a loop, started by BPF_PROG_TEST_RUN. For tests of the latch itself, under
 * the oracle of bpf/oracle.h.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include <latchkit/latch.h>

#include "bpf/latch_map.h"

#define ORACLE_WORDS LATCH_WORDS
#include "bpf/oracle.h"

char LICENSE[] SEC("license") = "GPL";

struct publish_latch {
	lk_u64 words[latch_publish_words(LATCH_WORDS)];
};

struct accumulate_latch {
	lk_u64 words[latch_accumulate_words(LATCH_WORDS)];
};

LATCH_MAP(published, struct publish_latch);
LATCH_MAP(accumulated, struct accumulate_latch);

/* What the programs found; user space sets the first two. */
lk_u64 rounds;
lk_u64 generation; /* of the record that was published last */
lk_u64 accepted, refused, reads, gave_up, torn, backward, newest;

/* Too large for the stack. One program of each kind runs at a time. */
lk_u64 record[LATCH_WORDS], copy[LATCH_WORDS], scratch[LATCH_WORDS];

static LK_INLINE void count(int err)
{
	if (err)
		refused++;
	else
		accepted++;
}

static long publish_one(__u32 index, void *ctx)
{
	__u32 zero = 0;
	struct publish_latch *latch = bpf_map_lookup_elem(&published, &zero);
	lk_u64 n = generation + 1;

	if (!latch)
		return 1;
	generation = n;
	fill(record, n);
	count(latch_publish(latch->words, LATCH_WORDS, record, n));
	return 0;
}

static long accumulate_one(__u32 index, void *ctx)
{
	__u32 zero = 0;
	struct accumulate_latch *latch = bpf_map_lookup_elem(&accumulated, &zero);
	lk_u64 one = 1;

	if (!latch)
		return 1;
	count(latch_accumulate(latch->words, LATCH_WORDS, apply, &one));
	return 0;
}

static LK_INLINE void judge(int retries, int is_sum)
{
	reads++;
	if (retries < 0) {
		gave_up++;
		return;
	}
	torn += torn_record(copy, is_sum);
	backward += copy[0] < newest;
	newest = copy[0];
}

static long read_one(__u32 index, void *ctx)
{
	__u32 zero = 0;
	struct publish_latch *latch = bpf_map_lookup_elem(&published, &zero);

	if (!latch)
		return 1;
	judge(latch_read(latch->words, LATCH_WORDS, copy, 8), 0);
	return 0;
}

static long read_sum_one(__u32 index, void *ctx)
{
	__u32 zero = 0;
	struct accumulate_latch *latch = bpf_map_lookup_elem(&accumulated, &zero);

	if (!latch)
		return 1;
	judge(latch_read_sum(latch->words, LATCH_WORDS, copy, scratch, 8, merge), 1);
	return 0;
}

/* A program that does that for as many rounds as user space has set. */
#define LOOP(name, step) \
	SEC("syscall") \
	int name(void *ctx) \
	{ \
		bpf_loop(rounds & 0x7fffff, step, 0, 0); \
		return 0; \
	}

LOOP(publish, publish_one)
LOOP(accumulate, accumulate_one)
LOOP(read, read_one)
LOOP(read_sum, read_sum_one)
