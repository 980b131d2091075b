// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* limits.c - see host/limits.h */
#include <stdbool.h>
#include <sys/resource.h>

#include "host/limits.h"

static struct rlimit before;
static bool raised;

void limits_raise(void)
{
	struct rlimit most;

	if (raised || getrlimit(RLIMIT_NOFILE, &before))
		return;
	most = before;
	most.rlim_cur = most.rlim_max;
	raised = setrlimit(RLIMIT_NOFILE, &most) == 0;
}

void limits_restore(void)
{
	if (raised)
		setrlimit(RLIMIT_NOFILE, &before);
}
