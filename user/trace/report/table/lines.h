/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* lines.h - events one by one, for people: a heading, and a line for each. */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_LINES_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_LINES_H

#include "trace/session/lines.h"

void table_lines_begin(struct trace *trace);
void table_line(struct trace *trace, const struct line_view *line);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_LINES_H */
