/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ops.h - the variants as values: one table entry for each line of variants.def, with its
 * properties and its calls for user space. latch/ops.c is compiled once for each variant,
 * latch/table.c collects the results.
 */
#ifndef LATCHKIT_USER_LATCH_OPS_H
#define LATCHKIT_USER_LATCH_OPS_H

#include <stddef.h>

#include <latchkit/latch.h>

enum latch_soundness { LATCH_SOUND, LATCH_POSTED, LATCH_COUNTEREXAMPLE };

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

struct latch_variant {
	const char *name;
	const char *promise;
	enum latch_soundness soundness;
	const char *soundness_name;
	const char *writer; /* progress: wait_free, lock_free or blocking */
	const char *reader; /* progress */
	const char *refuses; /* never, busy or full */
	int nmi_safe;
	const struct latch_ops *ops;
};

/* The variant that latchkit uses unless told otherwise. */
#define LATCH_DEFAULT "bank"

/* Returns how many variants there are. */
size_t latch_variants_count(void);
/* Returns variant number i, 0 <= i < latch_variants_count(), in the order of variants.def. */
const struct latch_variant *latch_variant_get(size_t i);
/* Returns the variant of that name, or NULL. */
const struct latch_variant *latch_variant_find(const char *name);

#endif /* LATCHKIT_USER_LATCH_OPS_H */
