/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * activity.h - how much each process does, as each format shows it. Nothing if it is not counted.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_ACTIVITY_H
#define LATCHKIT_USER_TRACE_REPORT_ACTIVITY_H

#include <stddef.h>

#include "trace/session/session.h"

/* A block of the table: the `most` busiest processes, and what all others did. */
void activity_print_table(struct trace *t, size_t most);
/* A line for each process, or for those that did anything since the last report. */
void activity_print_json(struct trace *t, bool all);

#endif /* LATCHKIT_USER_TRACE_REPORT_ACTIVITY_H */
