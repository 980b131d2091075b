/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * metrics.h - a trace as metrics, for Prometheus and what reads its formats: everything since the
 * begin of the trace, whatever --delta and --top say. docs/fleet.md has the names.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_METRICS_METRICS_H
#define LATCHKIT_USER_TRACE_REPORT_METRICS_METRICS_H

#include "trace/report/metrics/exposition.h"
#include "trace/session/session.h"

/*
 * Render the records and losses as they were read last. e->format and e->created_ns are the
 * caller's, the rest begins as zeros. Returns 0, or ENOMEM. free(e->text) in either case.
 */
int metrics_render(struct trace *trace, struct exposition *e);

#endif /* LATCHKIT_USER_TRACE_REPORT_METRICS_METRICS_H */
