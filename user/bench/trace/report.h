/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report.h - what was measured, on standard output. */
#ifndef LATCHKIT_USER_BENCH_TRACE_REPORT_H
#define LATCHKIT_USER_BENCH_TRACE_REPORT_H

#include "bench/trace/bench.h"

/* Print what was measured to standard output (bench/trace/report.c). */
void bench_trace_report_table(const struct bench_trace *b);
void bench_trace_report_json(const struct bench_trace *b);

#endif /* LATCHKIT_USER_BENCH_TRACE_REPORT_H */
