/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* perf_event.h - perf_event_open(2), for which the C library has no function. */
#ifndef LATCHKIT_USER_HOST_PERF_EVENT_H
#define LATCHKIT_USER_HOST_PERF_EVENT_H

#include <linux/perf_event.h>
#include <sys/types.h>

/*
 * Open a perf event that belongs to no group, on a thread (-1: all) and a CPU (-1: all). Sets
 * attr->size. Returns a close-on-exec descriptor or a negative errno.
 */
int perf_event_open(struct perf_event_attr *attr, pid_t tid, int cpu);

#endif /* LATCHKIT_USER_HOST_PERF_EVENT_H */
