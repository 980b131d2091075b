// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - the tables of spans.h as a set, and the table of their checks. */
#include "verify/spans/code.h"
#include "verify/spans/set.h"

#define CHECK(name) &verify_spans_##name,
static const struct verify_check *const checks[] = {
#include "verify/spans/checks.def"
};
#undef CHECK

static const struct spans_code *const tables[] = {&spans_code_per_cpu, &spans_code_ready_first,
						  &spans_code_sound};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static size_t count(void)
{
	return TABLES;
}

static const struct verify_subject *get(size_t i)
{
	static struct verify_subject subjects[TABLES];
	const struct spans_code *code = tables[i];

	subjects[i] = (struct verify_subject){
		code->name, code->soundness, code->holds, code, code->begin, code->end,
	};
	return &subjects[i];
}

/*
 * Ready too early: a start is taken or met that is put together from what was there and what is
 * being written, or is nobody's, and its own end then does not find it. For each CPU: an end on
 * another CPU does not find what is there, and a second start of the key does not replace it.
 */
struct verify_expected_failures spans_expects(const struct verify_subject *subject)
{
	const struct spans_code *code = subject->self;

	if (code->per_cpu)
		return (struct verify_expected_failures){VERIFY_BIT(VERIFY_LOST),
							 VERIFY_BIT(VERIFY_WRONG)};
	return (struct verify_expected_failures){
		VERIFY_BIT(VERIFY_TORN), VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_LOST) |
						 VERIFY_BIT(VERIFY_TWICE) |
						 VERIFY_BIT(VERIFY_MIXED)};
}

const struct verify_set verify_spans = {
	.name = "spans",
	.noun = "table",
	.summary = "try to break the table of starts of spans, and see broken ones fail",
	.doc = "Try to break the table of starts of spans (include/latchkit/spans.h): a start is "
	       "taken once, whole, or is there. Those whose starts are ready before they are "
	       "written, or lie in a table for each CPU, must fail, or the check is broken.",
	.shown_by = "latchkit verify spans --help",
	.count = count,
	.get = get,
	.checks = checks,
	.checks_count = sizeof(checks) / sizeof(checks[0]),
	.uses_nmi = true,
};
