// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - the latches as a set that is verified, and the table of their checks. */
#include <string.h>

#include "verify/latch/code.h"
#include "verify/latch/set.h"

#define CHECK(name) &verify_latch_##name,
static const struct verify_check *const checks[] = {
#include "verify/latch/checks.def"
};
#undef CHECK

/* The variants of variants.def as subjects. */
#define LATCH(...) +1
enum {
	LATCHES = 0
#include <latchkit/variants.def>
};
#undef LATCH

static const struct verify_subject *get(size_t i)
{
	static struct verify_subject subjects[LATCHES];
	const struct latch_variant *variant = latch_variant_get(i);
	const struct verify_code *code = verify_code_of(variant);

	subjects[i] = (struct verify_subject){variant->name,	 variant->soundness_name,
					      variant->nmi_safe, variant,
					      code->begin,	 code->end};
	return &subjects[i];
}

struct verify_expected_failures latch_expects(const struct verify_subject *subject)
{
	const struct latch_variant *variant = subject->self;

	if (strcmp(variant->reader, "blocking") == 0)
		return (struct verify_expected_failures){VERIFY_BIT(VERIFY_LIVELOCK), 0};
	return (struct verify_expected_failures){
		VERIFY_BIT(VERIFY_TORN), VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_LOST)};
}

const struct verify_set verify_latches = {
	.name = "latch",
	.noun = "latch",
	.summary = "try to break the latches, and see the broken ones fail",
	.doc = "Try to break the latches. Sound ones must hold; counterexamples must fail, each in "
	       "its own way, or the check is broken.",
	.shown_by = "latchkit list",
	.count = latch_variants_count,
	.get = get,
	.checks = checks,
	.checks_count = sizeof(checks) / sizeof(checks[0]),
	.uses_nmi = true,
};
