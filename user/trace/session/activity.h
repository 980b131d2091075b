/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* activity.h - how much each process does, in traces without probes, as reports show it. */
#ifndef LATCHKIT_USER_TRACE_SESSION_ACTIVITY_H
#define LATCHKIT_USER_TRACE_SESSION_ACTIVITY_H

#include "trace/session/session.h"

/* One row of a report. */
struct activity_view {
	bool other; /* all processes that found no room: it is nobody */
	unsigned int pid; /* 0: idle CPUs, all together */
	unsigned long long start_ns; /* when the process began, CLOCK_BOOTTIME; 0 of idle CPUs */
	char process[17]; /* its name; "": not known */
	bool ended;
	bool grown; /* since the last report */
	lk_u64 record[ACTIVITY_WORDS]; /* since the begin; with --delta, since the last report */
};

/* Is it counted? */
bool activity_is_counted(const struct trace *t);
/* As keys_look(), keys_remember() and keys_forget(), of processes. */
void activity_look(struct trace *t);
void activity_remember(struct trace *t);
void activity_forget(struct trace *t);
void activity_free(struct trace *t);

/*
 * All processes, the busiest first: those with most samples, then with most system calls; then
 * idle CPUs, and what found no room. Returns 0, or ENOMEM: there are none; free(*views).
 */
int activity_read(const struct trace *t, struct activity_view **views, size_t *count);
/* What they are sorted by: the highest first. */
double activity_rank(const struct activity_view *view);

#endif /* LATCHKIT_USER_TRACE_SESSION_ACTIVITY_H */
