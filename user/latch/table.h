/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table.h - the variants as values: an entry for each line of variants.def, with its properties and
 * its calls for user space.
 */
#ifndef LATCHKIT_USER_LATCH_TABLE_H
#define LATCHKIT_USER_LATCH_TABLE_H

#include "latch/ops.h"

enum latch_soundness { LATCH_SOUND, LATCH_POSTED, LATCH_COUNTEREXAMPLE };

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

/* How many variants there are. */
size_t latch_variants_count(void);
/* Variant number i, 0 <= i < latch_variants_count(), in the order of variants.def. */
const struct latch_variant *latch_variant_get(size_t i);
/* The variant of that name, or NULL. */
const struct latch_variant *latch_variant_find(const char *name);

#endif /* LATCHKIT_USER_LATCH_TABLE_H */
