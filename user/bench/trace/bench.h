/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench.h - what tracing costs: one system call, timed with nothing attached, with empty programs,
 * with latchkit's own and with those of other tools, in turn, round by round. It is getppid; of
 * jobs that are about results, a read of one byte.
 */
#ifndef LATCHKIT_USER_BENCH_TRACE_BENCH_H
#define LATCHKIT_USER_BENCH_TRACE_BENCH_H

#include "bench/core/stats.h"

#define BENCH_TRACER_HOOKS 2

/* Beside the exit codes, what attach() may return: not to be had here, see skipped. */
#define BENCH_TRACER_SKIP (-1)

struct bench_tracer;

enum bench_trace_call { BENCH_CALL_GETPPID, BENCH_CALL_READ, BENCH_TRACE_CALLS };

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
	enum bench_trace_call call; /* which call is timed: one for all of a job */
	const char *probe; /* latchkit's probe, or its statement, whose keys are in `by`, too */
	const char *by; /* and the keys of its records, as of --by; NULL: none */
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

/* Wait some milliseconds; true when a signal asks to stop, now or before. */
bool bench_trace_stopped(unsigned int wait_ms);
/* Leave the CPU that is measured to the measurement, in a child. */
void bench_trace_leave_cpu(void);
/* Fill t->skipped. Returns BENCH_TRACER_SKIP. */
int bench_tracer_skip(struct bench_tracing *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define BENCH_TRACE_ROWS 32
/* A measurement is the fastest of these: what interrupts the calls is not their cost. */
#define BENCH_TRACE_BATCHES 100

struct bench_trace_row {
	struct bench_tracing tracing;
	double *call_ns; /* of each round; the first is for warming up */
};

struct bench_trace {
	size_t rounds; /* asked for */
	double limit_s; /* begin no further round that is likely to end later */
	size_t measured; /* rounds that every row went through, without the first */
	bool interrupted;
	int cpu; /* where the calls are made */
	unsigned long calls[BENCH_TRACE_CALLS]; /* in a batch, of each */
	struct bench_trace_row row[BENCH_TRACE_ROWS];
	size_t row_count;
};

/* Measure. Fills *b beyond rounds and limit_s. Returns 0 or EXIT_FAILED after printing why. */
int bench_trace_run(struct bench_trace *b);
void bench_trace_free(struct bench_trace *b);

/* The row of that name in the same job as *of, or NULL. */
const struct bench_trace_row *bench_trace_find(const struct bench_trace *b,
					       const struct bench_trace_row *of, const char *name);
/* Nanoseconds a call. */
struct bench_estimate bench_trace_call_ns(const struct bench_trace *b,
					  const struct bench_trace_row *row);
/* Nanoseconds that a row adds to a call with nothing attached. */
struct bench_estimate bench_trace_added_ns(const struct bench_trace *b,
					   const struct bench_trace_row *row);
/* What one row adds, in units of what another of the same job adds. */
struct bench_estimate bench_trace_ratio(const struct bench_trace *b,
					const struct bench_trace_row *row,
					const struct bench_trace_row *unit);

#endif /* LATCHKIT_USER_BENCH_TRACE_BENCH_H */
