// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - scratch memory as a set, and the table of its checks. */
#include "verify/scratch/code.h"
#include "verify/scratch/set.h"

#define CHECK(name) &verify_scratch_##name,
static const struct verify_check *const checks[] = {
#include "verify/scratch/checks.def"
};
#undef CHECK

static const struct scratch_code *const remedies[] = {&scratch_code_plain, &scratch_code_busy,
						      &scratch_code_nesting, &scratch_code_scratch};
#define REMEDIES (sizeof(remedies) / sizeof(remedies[0]))

static size_t count(void)
{
	return REMEDIES;
}

static const struct verify_subject *get(size_t i)
{
	static struct verify_subject subjects[REMEDIES];
	const struct scratch_code *code = remedies[i];

	subjects[i] = (struct verify_subject){
		code->name, code->soundness, code->holds, code, code->begin, code->end,
	};
	return &subjects[i];
}

struct verify_expected_failures scratch_expects(const struct verify_subject *subject)
{
	(void)subject;
	return (struct verify_expected_failures){VERIFY_BIT(VERIFY_SHARED),
						 VERIFY_BIT(VERIFY_TORN)};
}

struct verify_expected_failures scratch_expects_nested(const struct verify_subject *subject)
{
	if (subject->self == &scratch_code_plain)
		return scratch_expects(subject);
	return (struct verify_expected_failures){0, 0};
}

const struct verify_set verify_scratch = {
	.name = "scratch",
	.noun = "remedy",
	.summary = "try to get two owners into one scratch buffer, and see others fail",
	.doc = "Try to have two owners of one scratch buffer of a CPU at once. That of "
	       "include/latchkit/scratch.h must hold; a plain buffer of the CPU (plain), one with "
	       "a "
	       "flag that is looked at and then set (busy) and one chosen by a nesting counter "
	       "(nesting) must fail, or the check is broken.",
	.shown_by = "latchkit verify scratch --help",
	.count = count,
	.get = get,
	.checks = checks,
	.checks_count = sizeof(checks) / sizeof(checks[0]),
	.uses_nmi = true,
};
