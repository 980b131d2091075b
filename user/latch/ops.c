// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ops.c - the calls of one variant, LATCH_VARIANT, as a struct latch_ops. */
#include "latch/ops.h"

static size_t ops_publish_words(unsigned int words)
{
	return latch_publish_words((size_t)words);
}

static size_t ops_accumulate_words(unsigned int words)
{
	return latch_accumulate_words((size_t)words);
}

static int ops_publish(lk_u64 *latch, unsigned int words, const lk_u64 *record, lk_u64 stamp)
{
	return latch_publish(latch, words, record, stamp);
}

static int ops_accumulate(lk_u64 *latch, unsigned int words, latch_apply_fn *apply,
			  const void *delta)
{
	return latch_accumulate(latch, words, apply, delta);
}

/* A record of one cache line is read with its size as a constant, as the contract advises. */
#define LINE_WORDS 8

static __attribute__((noinline)) int read_line(const lk_u64 *latch, lk_u64 *record,
					       unsigned int tries)
{
	return latch_read(latch, LINE_WORDS, record, tries);
}

static __attribute__((noinline)) int read_sum_line(const lk_u64 *latch, lk_u64 *record,
						   unsigned int tries, latch_merge_fn *merge)
{
	lk_u64 scratch[LINE_WORDS];

	return latch_read_sum(latch, LINE_WORDS, record, scratch, tries, merge);
}

static int ops_read(const lk_u64 *latch, unsigned int words, lk_u64 *record, unsigned int tries)
{
	if (words == LINE_WORDS)
		return read_line(latch, record, tries);
	return latch_read(latch, words, record, tries);
}

static int ops_read_sum(const lk_u64 *latch, unsigned int words, lk_u64 *record, unsigned int tries,
			latch_merge_fn *merge)
{
	lk_u64 scratch[LATCH_MAX_WORDS];

	if (words == LINE_WORDS)
		return read_sum_line(latch, record, tries, merge);
	return latch_read_sum(latch, words, record, scratch, tries, merge);
}

#define OPS_NAME_(variant) latch_ops_##variant
#define OPS_NAME(variant) OPS_NAME_(variant)

extern const struct latch_ops OPS_NAME(LATCH_VARIANT);
const struct latch_ops OPS_NAME(LATCH_VARIANT) = {
	.publish_words = ops_publish_words,
	.accumulate_words = ops_accumulate_words,
	.publish = ops_publish,
	.accumulate = ops_accumulate,
	.read = ops_read,
	.read_sum = ops_read_sum,
};
