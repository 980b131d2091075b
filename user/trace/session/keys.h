/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keys.h - the records of a trace by key, as reports show them: named, equal ones added up,
 * sorted.
 */
#ifndef LATCHKIT_USER_TRACE_SESSION_KEYS_H
#define LATCHKIT_USER_TRACE_SESSION_KEYS_H

#include "trace/session/session.h"

/* One row of a report. */
struct key_view {
	size_t probe; /* its index */
	bool other; /* all keys of the probe that found no room: it has no key */
	/*
	 * Each part of the key as text, by enum trace_key; NULL: not in the key. Not escaped, but
	 * for stacks, whose frames are as in folded form: outermost first, joined by ;. For a pid
	 * or tid the number alone.
	 */
	char *text[KEYS];
	char *process; /* of pid or tid: the name of the process; NULL: not known */
	unsigned long long cgroup; /* its id, of which the text is the path, if that is known */
	bool ended; /* that process has */
	unsigned long long start_ns; /* when the process or thread began, CLOCK_BOOTTIME; or 0 */
	/* Since the begin; with --delta, since the last report, as latency_since() tells. */
	union summed_record total;
	unsigned long long count;
	unsigned long long delta; /* of the count, since the last report */
};

struct key_names;

/*
 * Fill in what the key of a row is: text[], process, cgroup, ended and start_ns. Returns false:
 * out of memory, not all of it. key_views_drop() frees it.
 */
bool key_view_name(const struct trace *trace, const struct key_row *row, struct key_names *names,
		   struct key_view *view);
/* Remember all counts for the next report's deltas. Returns false: no memory for all of them. */
bool keys_remember(struct trace *trace);
/* Forget them: the next deltas are of the whole trace. */
void keys_forget(struct trace *trace);

/*
 * The rows of one probe, or of all with SIZE_MAX, those with most of what is sorted by first, and
 * the probes' others last. Returns 0, or ENOMEM: there are none. key_views_free(*views, *count).
 */
int key_views_read(struct trace *trace, size_t probe, struct key_view **views, size_t *count);
void key_views_free(struct key_view *views, size_t count);
/* What rows are made of, but not the array that they are in. */
void key_views_drop(struct key_view *views, size_t count);
/* What rows are sorted by, as --sort asks for: the highest first. */
double key_view_rank(const struct trace *trace, const struct key_view *view);

#endif /* LATCHKIT_USER_TRACE_SESSION_KEYS_H */
