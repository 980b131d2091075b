/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* heatmap.h - histograms over time: one panel for each probe that is timed or has values. */
#ifndef LATCHKIT_USER_TRACE_REPORT_PICTURE_HEATMAP_H
#define LATCHKIT_USER_TRACE_REPORT_PICTURE_HEATMAP_H

#include "trace/session/session.h"

/* Is there anything to draw? Returns 0, or EXIT_USAGE after printing why not. */
int heatmap_check(const struct trace *trace);
/*
 * Note what an interval added. Memory is bounded: of a long trace a column is several intervals.
 * Returns 0 or ENOMEM.
 */
int heatmap_interval(struct trace *trace);
/*
 * Draw: columns are intervals, rows the buckets of histograms, darker where more is; the number is
 * told by hovering. Returns 0 or ENOMEM.
 */
int heatmap_draw(struct trace *trace, FILE *to);
void heatmap_free(struct trace *trace);

#endif /* LATCHKIT_USER_TRACE_REPORT_PICTURE_HEATMAP_H */
