// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - the designs of dispatch.h as a set, and the table of their checks. */
#include "verify/dispatch/set.h"

#define CHECK(name) &verify_dispatch_##name,
static const struct verify_check *const checks[] = {
#include "verify/dispatch/checks.def"
};
#undef CHECK

extern const struct design design_slot_posted, design_table_posted, design_slot_memb,
	design_table_memb, design_slot_qsbr, design_table_qsbr;

static const struct design *const designs[] = {
	&design_slot_posted, &design_table_posted, &design_slot_memb,
	&design_slot_qsbr,   &design_table_memb,   &design_table_qsbr,
};
#define DESIGNS (sizeof(designs) / sizeof(designs[0]))

static size_t count(void)
{
	return DESIGNS;
}

static const struct verify_subject *get(size_t i)
{
	static struct verify_subject subjects[DESIGNS];
	const struct design *d = designs[i];

	subjects[i] = (struct verify_subject){
		d->name, d->soundness, design_is_sound(d), d, d->begin, d->end,
	};
	return &subjects[i];
}

const struct verify_set verify_dispatch = {
	.name = "dispatch",
	.noun = "design",
	.summary = "try to break handlers that are swapped, and see the posted ones fail",
	.doc = "Try to break the slots and tables of dispatch.h. Those with RCU must hold; what "
	       "was "
	       "published must fail, each in its own way, or the check is broken.",
	.shown_by = "latchkit verify dispatch --help",
	.count = count,
	.get = get,
	.checks = checks,
	.checks_count = sizeof(checks) / sizeof(checks[0]),
};
