/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * who.h - the parts of the table that tell of threads and places: samples, stacks, processes, and
 * spans that have not ended.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_WHO_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_WHO_H

#include "trace/session/session.h"

/* Of each sampling probe: how many samples in which context, and the newest one of each CPU. */
void table_samples(const struct trace *trace);
/* The most frequent stacks. */
void table_stacks(struct trace *trace);
/* The spans that have not ended, oldest first. */
void table_open(struct trace *trace);
/* How many threads began, ended and are known. */
void table_threads(const struct trace *trace);
/* A line about a process that has ended. */
void table_process(struct trace *trace, const struct process *ended);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_WHO_H */
