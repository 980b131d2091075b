/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* table.h - the table for people, in two parts: trace/report/table.c, trace/report/table_who.c. */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_H

#include "trace/run.h"

/* What switches bold letters on and off, "" without colour. */
const char *table_bold(const struct trace *trace);
const char *table_plain(const struct trace *trace);
/* 1234567 ns as "1.23ms"; buf holds 16. */
const char *table_duration(char *buf, double ns);

/* Of each sampling probe: how many in which context, and the newest on each CPU. */
void table_samples(const struct trace *trace);
/* The most frequent stacks. */
void table_stacks(const struct trace *trace);
/* How many threads are known. */
void table_threads(const struct trace *trace);
/* A process has ended. */
void table_process(struct trace *trace, const struct process *ended);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_H */
