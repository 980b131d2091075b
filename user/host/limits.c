// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* limits.c - see host/limits.h */
#include <fcntl.h>
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

bool limits_leave(size_t descriptors)
{
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now))
		return true;
	for (rlim_t fd = 0; fd < now.rlim_cur && descriptors; fd++)
		descriptors -= fcntl((int)fd, F_GETFD) < 0;
	return !descriptors;
}
