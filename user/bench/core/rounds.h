/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* rounds.h - measure all of a plan, round by round. The first round warms up. */
#ifndef LATCHKIT_USER_BENCH_CORE_ROUNDS_H
#define LATCHKIT_USER_BENCH_CORE_ROUNDS_H

#include "bench/core/plan.h"

/*
 * Measure. ^C and SIGTERM end it early, between two results: rounds that are not complete are
 * dropped, and the plan is marked partial. Shows progress on standard error if that is a terminal.
 * Returns the exit code; errors have been printed.
 */
int bench_plan_run(struct bench_plan *plan);
/* Has somebody asked it to end? */
bool bench_rounds_stopped(void);

#endif /* LATCHKIT_USER_BENCH_CORE_ROUNDS_H */
