// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table.c - see latch/table.h. */
#include <string.h>

#include "latch/table.h"

/* The words of variants.def as text. */
#define PROGRESS_WAIT_FREE "wait_free"
#define PROGRESS_LOCK_FREE "lock_free"
#define PROGRESS_BLOCKING "blocking"
#define REFUSES_NEVER "never"
#define REFUSES_BUSY "busy"
#define REFUSES_FULL "full"
#define NAME_SOUND "sound"
#define NAME_POSTED "posted"
#define NAME_COUNTEREXAMPLE "counterexample"
#define SAFE_NMI_SAFE 1
#define SAFE_NMI_UNSAFE 0

#define LATCH(variant, ...) extern const struct latch_ops latch_ops_##variant;
#include <latchkit/variants.def>
#undef LATCH

#define LATCH(variant, sound, writer_, reader_, refuses_, nmi, promise_) \
	{ \
		.name = #variant, \
		.promise = promise_, \
		.soundness = LATCH_##sound, \
		.soundness_name = NAME_##sound, \
		.writer = PROGRESS_##writer_, \
		.reader = PROGRESS_##reader_, \
		.refuses = REFUSES_##refuses_, \
		.nmi_safe = SAFE_##nmi, \
		.ops = &latch_ops_##variant, \
	},
static const struct latch_variant variants[] = {
#include <latchkit/variants.def>
};
#undef LATCH

size_t latch_variants_count(void)
{
	return sizeof(variants) / sizeof(variants[0]);
}

const struct latch_variant *latch_variant_get(size_t i)
{
	return &variants[i];
}

const struct latch_variant *latch_variant_find(const char *name)
{
	for (size_t i = 0; i < latch_variants_count(); i++)
		if (strcmp(variants[i].name, name) == 0)
			return &variants[i];
	return NULL;
}
