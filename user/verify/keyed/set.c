// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - the tables of keyed.h as a set, and the table of their checks. */
#include "verify/keyed/code.h"
#include "verify/keyed/set.h"

#define CHECK(name) &verify_keyed_##name,
static const struct verify_check *const checks[] = {
#include "verify/keyed/checks.def"
};
#undef CHECK

static const struct keyed_code *const tables[] = {&keyed_code_ready_first, &keyed_code_sound};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static size_t count(void)
{
	return TABLES;
}

static const struct verify_subject *get(size_t i)
{
	static struct verify_subject subjects[TABLES];
	const struct keyed_code *code = tables[i];

	subjects[i] = (struct verify_subject){
		code->name, code->soundness, code->holds, code, code->begin, code->end,
	};
	return &subjects[i];
}

/*
 * A key is read that is put together from what was there and what is being written, or is nobody's.
 */
struct verify_expected_failures keyed_expects(const struct verify_subject *subject)
{
	(void)subject;
	return (struct verify_expected_failures){
		VERIFY_BIT(VERIFY_TORN), VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_LOST)};
}

const struct verify_set verify_keyed = {
	.name = "keyed",
	.noun = "table",
	.summary = "try to break the table of records by key, and see a broken one fail",
	.doc = "Try to break the table of records by key (include/latchkit/keyed.h), with records "
	       "in the latch bank. The one whose places are ready before their keys are there must "
	       "fail, or the check is broken.",
	.shown_by = "latchkit verify keyed --help",
	.count = count,
	.get = get,
	.checks = checks,
	.checks_count = sizeof(checks) / sizeof(checks[0]),
	.uses_nmi = true,
};
