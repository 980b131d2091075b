/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - all checks of all subjects of a plan, each in a process of its own. */
#ifndef LATCHKIT_USER_VERIFY_CORE_RUN_H
#define LATCHKIT_USER_VERIFY_CORE_RUN_H

#include "verify/core/set.h"

struct verify_plan {
	const struct verify_set *set;
	const struct verify_subject **subjects;
	size_t subjects_count;
	const struct verify_check **checks;
	size_t checks_count;
	struct verify_options options;
	struct verify_verdict *verdicts; /* subject by subject, for each all checks */
	size_t verdicts_count; /* as many as were reached */
	bool interrupted;
};

/*
 * Run all checks. Returns 0, or EXIT_FAILED after a diagnostic. When SIGINT, SIGTERM or SIGHUP
 * interrupts it, plan->interrupted is set and these stay blocked: the caller reports and ends.
 */
int verify_run(struct verify_plan *plan);
/* Returns EXIT_FAILED if any verdict is a failure. */
int verify_exit_code(const struct verify_plan *plan);

#endif /* LATCHKIT_USER_VERIFY_CORE_RUN_H */
