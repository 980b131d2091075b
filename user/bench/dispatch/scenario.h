/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scenario.h - the claims of the published designs, as questions: what to measure,
 * and a sentence with the numbers and the verdict that they give.
 */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_SCENARIO_H
#define LATCHKIT_USER_BENCH_DISPATCH_SCENARIO_H

#include "bench/dispatch/plan.h"

struct dispatch_scenario;

/* By its name; NULL: there is none of that name, the error was printed. */
const struct dispatch_scenario *dispatch_scenario_find(const char *name);
/* Set the plan's subjects and loads. Returns EXIT_OK or what was printed. */
int dispatch_scenario_plan(const struct dispatch_scenario *s, struct dispatch_plan *plan);
/* Measure what the plan does not, then print the claim and the answer. Returns the exit code. */
int dispatch_scenario_answer(const struct dispatch_scenario *s, const struct dispatch_plan *plan,
			     FILE *out, bool json);
/* Names and claims of all. */
void dispatch_scenarios_list(FILE *out);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_SCENARIO_H */
