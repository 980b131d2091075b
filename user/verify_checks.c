// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* verify_checks.c - the table of checks: one line each. */
#include <string.h>

#include "verify_checks.h"

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

size_t verify_checks_count(void)
{
	return sizeof(checks) / sizeof(checks[0]);
}

const struct verify_check *verify_check_get(size_t i)
{
	return &checks[i];
}

const struct verify_check *verify_check_find(const char *name)
{
	for (size_t i = 0; i < verify_checks_count(); i++)
		if (strcmp(checks[i].name, name) == 0)
			return &checks[i];
	return NULL;
}
