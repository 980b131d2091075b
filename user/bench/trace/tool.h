/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tool.h - another tracing tool as a child process. The kernel says when it is attached
 * (BPF_TASK_FD_QUERY on its descriptors), whatever it prints. Its output goes to memory: nobody
 * reads along while it is measured. It dies with this process.
 */
#ifndef LATCHKIT_USER_BENCH_TRACE_TOOL_H
#define LATCHKIT_USER_BENCH_TRACE_TOOL_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "bench/trace/tracing.h"

struct bench_tool {
	pid_t pid;
	bool ended;
	int status;
	FILE *out, *err;
};

/* Start the program at `path` with the tracer's arguments. Returns NULL and errno if that fails. */
struct bench_tool *bench_tool__new(const struct bench_tracer *tracer, const char *path);
/* Free it; it has ended. */
void bench_tool__free(struct bench_tool *tool);

/* Is it there no more? */
bool bench_tool_ended(struct bench_tool *tool);
/* End it as ^C does; by force when that does not help. Its programs are detached then. */
void bench_tool_stop(struct bench_tool *tool);
/* Is it attached to all tracepoints of the tracer? */
bool bench_tool_attached(const struct bench_tool *tool, const struct bench_tracer *tracer);
/* What it said on standard error, if possible the last line that calls itself an error; or "". */
void bench_tool_complaint(struct bench_tool *tool, char *text, size_t size);

#endif /* LATCHKIT_USER_BENCH_TRACE_TOOL_H */
