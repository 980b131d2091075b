/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* rows.h - which probes the table shows, and in which order. */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_ROWS_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_ROWS_H

#include "trace/session/session.h"

/*
 * The probes to show: those named one by one first, in the order of the command line, unless an
 * order was asked for; then those of patterns that were hit, by their figures. Where they are
 * redrawn, rows stay where they are unless one has overtaken another (trace/report/table/order.h).
 * Returns how many; free(*rows), an array of indices, NULL when out of memory.
 */
size_t rows_choose(struct trace *t, size_t **rows);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_ROWS_H */
