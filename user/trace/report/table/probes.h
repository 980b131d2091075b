/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* probes.h - the table's rows of probes, and the histograms of those that take longest. */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_PROBES_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_PROBES_H

#include <stddef.h>

#include "trace/session/session.h"

/* The heading and the rows, in at most `lines` lines. */
void table_rows(struct trace *t, size_t lines);
/* The histograms of the first probes that have any. */
void table_histograms(struct trace *t);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_PROBES_H */
