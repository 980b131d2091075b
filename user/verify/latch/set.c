// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - the latches as a set that is verified, and the table of their checks. */
#include "verify/latch/code.h"
#include "verify/latch/set.h"
#include "verify/sets.h"

static const struct verify_check checks[] = {
	{"step", "an interruption between any two instructions does no harm", "boundaries",
	 verify_step_nature, verify_step},
	{"progress", "operations end as declared while others stop or hurry", "runs",
	 verify_progress_nature, verify_progress},
	{"nmi", "an NMI right after any store of a BPF program does no harm", "NMIs",
	 verify_nmi_nature, verify_nmi},
	{"stress", "threads, pauses and signal handlers that write and read at once do no harm",
	 "reads", verify_stress_nature, verify_stress},
	{"stale", "when all writers have stopped, the last value is there, or was refused",
	 "trials", verify_stale_nature, verify_stale},
};

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

	subjects[i] = (struct verify_subject){variant->name, variant->soundness_name, variant};
	return &subjects[i];
}

static void code_id(const struct verify_subject *subject, char *id, size_t size)
{
	const struct verify_code *code = verify_code_of(subject->self);

	verify_code_id(code->begin, code->end, id, size);
}

static int command(int argc, char **argv)
{
	return verify_command(&verify_latches, argc, argv);
}

const struct verify_set verify_latches = {
	.name = "latch",
	.noun = "latch",
	.summary = "try to break the latches, and see the broken ones fail",
	.doc = "Try to break the latches. Sound ones must hold; counterexamples must fail, each in "
	       "its own way, or the check is broken.",
	.shown_by = "latchkit list",
	.command = command,
	.count = latch_variants_count,
	.get = get,
	.checks = checks,
	.checks_count = sizeof(checks) / sizeof(checks[0]),
	.uses_nmi = true,
	.code_id = code_id,
};
