/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* spans.h - the statements of the command line that are spans, PROBE .. PROBE. */
#ifndef LATCHKIT_USER_TRACE_SPANS_H
#define LATCHKIT_USER_TRACE_SPANS_H

#include "trace/session/session.h"

/*
 * Add a span: its row, its events, and what programs evaluate. Returns 0, EXIT_USAGE or
 * EXIT_FAILED, diagnosed.
 */
int spans_add(struct trace *t, const char *text);

#endif /* LATCHKIT_USER_TRACE_SPANS_H */
