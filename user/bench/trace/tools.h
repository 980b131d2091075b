/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tools.h - other tools as tracers: start one; end it and look into its output. */
#ifndef LATCHKIT_USER_BENCH_TRACE_TOOLS_H
#define LATCHKIT_USER_BENCH_TRACE_TOOLS_H

#include "bench/trace/bench.h"

/* For struct bench_tracer. */
int bench_tool_attach(struct bench_tracing *t);
long long bench_tool_detach_bpftrace(struct bench_tracing *t);
long long bench_tool_detach_syscount(struct bench_tracing *t);

#endif /* LATCHKIT_USER_BENCH_TRACE_TOOLS_H */
