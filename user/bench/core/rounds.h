/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rounds.h - measure many things in turn, round by round, so that what disturbs the machine
 * disturbs all of them. The first round warms up.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_ROUNDS_H
#define LATCHKIT_USER_BENCH_CORE_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>

struct bench_rounds {
	size_t count; /* how many things */
	size_t rounds; /* beside the warm-up */
	/* Measure thing number i. Returns the exit code; errors have been printed. */
	int (*measure)(void *arg, size_t i, bool warm_up);
	void (*between)(void *arg, bool warm_up); /* after each, as a part of it. NULL: none */
	void *arg;
};

/*
 * Is the clock to be trusted? Twice the work must take about twice as long. Sets *clock_ns to what
 * reading it costs. Returns the exit code; errors have been printed.
 */
int bench_rounds_check_clock(double *clock_ns);
/*
 * Measure. ^C and SIGTERM end it between two things, from the first call on. Shows progress on
 * standard error if that is a terminal. Sets *complete to how many rounds have all there is: with
 * none after it was stopped it fails. Returns the exit code; errors have been printed.
 */
int bench_rounds_run(const struct bench_rounds *r, size_t *complete);
/* Has somebody asked it to end? */
bool bench_rounds_stopped(void);

#endif /* LATCHKIT_USER_BENCH_CORE_ROUNDS_H */
