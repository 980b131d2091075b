/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pictures.h - the pictures that a trace makes beside its report: --flame, --heatmap. One file and
 * one row of the table in pictures.c for each.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_PICTURE_PICTURES_H
#define LATCHKIT_USER_TRACE_REPORT_PICTURE_PICTURES_H

#include "trace/session/session.h"

/*
 * Once the probes are known, before anything is attached: can the pictures that are asked for be
 * drawn, and their files be written? Returns 0, or an exit code after printing why not.
 */
int pictures_check(const struct trace *trace);
/* At each report. Returns 0 or an errno. */
int pictures_interval(struct trace *trace);
/* At the end: each file is there whole, or not at all. Returns 0, or EXIT_FAILED, diagnosed. */
int pictures_write(struct trace *trace);
void pictures_free(struct trace *trace);

#endif /* LATCHKIT_USER_TRACE_REPORT_PICTURE_PICTURES_H */
