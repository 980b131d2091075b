/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tracing.h - a way to trace system calls, at work; and what its process must leave to the
 * measurement.
 */
#ifndef LATCHKIT_USER_BENCH_TRACE_TRACING_H
#define LATCHKIT_USER_BENCH_TRACE_TRACING_H

#include <stdbool.h>

#define BENCH_TRACER_HOOKS 2

/* Beside the exit codes, what attach() may return: not to be had here, see skipped. */
#define BENCH_TRACER_SKIP (-1)

struct bench_tracer;

/* A tracer at work, or why it is not. */
struct bench_tracing {
	const struct bench_tracer *tracer;
	void *state; /* from attach to detach */
	char skipped[200]; /* why it was left out, or "" */
};

/* One way to do a job. Those of a job follow each other, the one with nothing attached first. */
struct bench_tracer {
	const char *job;
	const char *name; /* unique within the job */
	const char *does; /* exactly: what is attached, which system calls it takes */
	const char *hooks[BENCH_TRACER_HOOKS]; /* the tracepoints that it is attached to */
	const char *probe; /* latchkit's */
	bool typed; /* `empty`: programs that know the types of their arguments (tp_btf) */
	const char *const *argv; /* a tool's command line */
	const char *other_name; /* what else argv[0] may be called, or NULL */
	const char *package; /* where to get it */
	/*
	 * Returns 0 when everything is attached, BENCH_TRACER_SKIP, or EXIT_FAILED after printing
	 * why. NULL: nothing is to be attached.
	 */
	int (*attach)(struct bench_tracing *t);
	/* Detach all of it. Returns how many calls it says it saw, or -1: it does not tell. */
	long long (*detach)(struct bench_tracing *t);
};

/* All of them; one without a job ends them. */
extern const struct bench_tracer bench_tracers[];

/* Block the signals that ask to stop, and ignore SIGPIPE. */
void bench_trace_block_signals(void);
/* Wait some milliseconds; true when a signal asks to stop, now or before. */
bool bench_trace_stopped(unsigned int wait_ms);
/* Stay on the last CPU: the first tends to serve interrupts. Returns it, or -1 and errno. */
int bench_trace_pin(void);
/* Leave the CPU that is measured to the measurement, in a child. */
void bench_trace_leave_cpu(void);
/* Fill t->skipped. Returns BENCH_TRACER_SKIP. */
int bench_tracer_skip(struct bench_tracing *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* LATCHKIT_USER_BENCH_TRACE_TRACING_H */
