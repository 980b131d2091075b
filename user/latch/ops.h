/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ops.h - the calls of one latch variant for user space. latch/ops.c, compiled once for each
 * variant, defines latch_ops_VARIANT; latch/table.h collects them.
 */
#ifndef LATCHKIT_USER_LATCH_OPS_H
#define LATCHKIT_USER_LATCH_OPS_H

#include <stddef.h>

#include <latchkit/latch.h>

/* The calls of the contract in latchkit/latch.h, and the sizes in words of latch memory. */
struct latch_ops {
	size_t (*publish_words)(unsigned int words);
	size_t (*accumulate_words)(unsigned int words);
	int (*publish)(lk_u64 *latch, unsigned int words, const lk_u64 *record, lk_u64 stamp);
	int (*accumulate)(lk_u64 *latch, unsigned int words, latch_apply_fn *apply,
			  const void *delta);
	int (*read)(const lk_u64 *latch, unsigned int words, lk_u64 *record, unsigned int tries);
	int (*read_sum)(const lk_u64 *latch, unsigned int words, lk_u64 *record, unsigned int tries,
			latch_merge_fn *merge);
};

#endif /* LATCHKIT_USER_LATCH_OPS_H */
