// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* perf_event.c - see host/perf_event.h. */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/perf_event.h"

int perf_event_open(struct perf_event_attr *attr, pid_t tid, int cpu)
{
	int fd;

	attr->size = sizeof(*attr);
	fd = (int)syscall(SYS_perf_event_open, attr, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
