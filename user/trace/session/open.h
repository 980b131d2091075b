/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* open.h - the spans that have not ended, for the reports: --open. */
#ifndef LATCHKIT_USER_TRACE_SESSION_OPEN_H
#define LATCHKIT_USER_TRACE_SESSION_OPEN_H

#include "trace/session/session.h"

/*
 * Spans that have not ended, of one key: the keys that are of the start, or, where there are none,
 * what ties a start to its end.
 */
struct open_view {
	size_t probe; /* its row, an index */
	char *text[KEYS]; /* not escaped, as in struct key_view; NULL: not of the start */
	char *tie[SPAN_TIES]; /* values; NULL: there are keys */
	unsigned long long count;
	unsigned long long oldest_ns; /* how long ago the first of them began */
	bool has_sum; /* the statement keeps a value that is known at the start */
	long long sum;
};

/*
 * Those that began at least options->older_s ago, the oldest first. Returns 0, or ENOMEM: there are
 * none. open_views_free(*views, *count).
 */
int open_views_read(struct trace *t, struct open_view **views, size_t *count);
void open_views_free(struct open_view *views, size_t count);
/* The name of tie i of a span, whose row is an index; "": it has none. */
const char *open_tie_name(const struct trace *t, size_t probe, size_t i);

#endif /* LATCHKIT_USER_TRACE_SESSION_OPEN_H */
