/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench.h - what tracing costs: one system call, getppid, timed with nothing attached, with
 * empty programs, with latchkit's own and with those of other tools, in turn, round by round.
 */
#ifndef LATCHKIT_USER_BENCH_TRACE_BENCH_H
#define LATCHKIT_USER_BENCH_TRACE_BENCH_H

#include "bench/core/stats.h"
#include "bench/trace/tracing.h"

#define BENCH_TRACE_ROWS 16
/* A measurement is the fastest of these: what interrupts the calls is not their cost. */
#define BENCH_TRACE_BATCHES 5

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
	unsigned long calls; /* in a batch */
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
