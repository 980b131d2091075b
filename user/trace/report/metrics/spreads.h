/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * spreads.h - latencies, and values of expressions, as metrics: histogram, least and most. Values
 * of different units are different metrics, in seconds, bytes, or as they are.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_METRICS_SPREADS_H
#define LATCHKIT_USER_TRACE_REPORT_METRICS_SPREADS_H

#include "trace/report/metrics/rendering.h"

void spreads_render(const struct rendering *rendering);

#endif /* LATCHKIT_USER_TRACE_REPORT_METRICS_SPREADS_H */
