// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* try_pressure.c - see doctor/try_pressure.h */
#include "doctor/try_pressure.h"
#include "host/pressure.h"

#define STALL_US 100000
#define WINDOW_US 2000000

void try_psi(struct feature_result *r)
{
	struct pressure p;
	char why[512];

	if (pressure_open(&p, STALL_US, WINDOW_US, why, sizeof(why))) {
		result_set(r, FEATURE_NO, "%s", why);
		return;
	}
	result_set(r, FEATURE_YES, "armed a trigger on %s", p.source);
	pressure_close(&p);
}
