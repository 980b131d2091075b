/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * lines.h - the events of a trace one by one, in the order of their times: programs send each
 * through a ring buffer. What found no room there is counted, and its number is missing.
 */
#ifndef LATCHKIT_USER_TRACE_SESSION_LINES_H
#define LATCHKIT_USER_TRACE_SESSION_LINES_H

#include "trace/session/keys.h"

/* How often the buffer should be emptied. */
#define LINES_NS 20000000

/* One event. */
struct line_view {
	unsigned long long time_ns; /* CLOCK_MONOTONIC */
	unsigned int cpu;
	unsigned long long number; /* of that CPU's events, from 0 */
	/* The value of its statement, else the ns of its latency, else 0: line_has_figure() */
	long long figure;
	struct key_view key; /* of which the text and what goes with it are set, and the probe */
};

struct lines;

/* Has an event of this probe a figure? */
static inline bool line_has_figure(const struct probe *p)
{
	return p->has_value || p->kind == KIND_LATENCY;
}

/* Returns NULL on failure: prints a diagnostic. */
struct lines *lines__new(const struct trace *trace);
/* May be NULL. */
void lines__free(struct lines *lines);
/*
 * Take what there is in the buffer, and show() each event that is old enough for all older ones to
 * have come; with `all`, the others, too. An event that comes even later is shown when it comes.
 */
void lines_serve(struct trace *trace, bool all,
		 void (*show)(struct trace *trace, const struct line_view *line));
/* How many events were shown, and how many of those that were made are missing, so far. */
unsigned long long lines_shown(const struct lines *lines);
unsigned long long lines_missing(const struct lines *lines);

#endif /* LATCHKIT_USER_TRACE_SESSION_LINES_H */
