/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scenario.h - the claims S4.1 to S4.6, the bars and the cost in BPF, as questions: what to
 * measure, and a sentence with the numbers and the verdict that they give.
 */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_SCENARIO_H
#define LATCHKIT_USER_BENCH_REGISTRY_SCENARIO_H

#include <stdio.h>

#include "bench/registry/plan.h"

struct bench_registry_scenario;

/* By its name; NULL: there is none of that name, the error was printed. */
const struct bench_registry_scenario *bench_registry_scenario_find(const char *name);
/* Set the plan's subjects and loads. Returns EXIT_OK or what was printed. */
int bench_registry_scenario_plan(const struct bench_registry_scenario *s,
				 struct bench_registry_plan *plan);
/* Measure what the plan does not, then print the claim and the answer. Returns the exit code. */
int bench_registry_scenario_answer(const struct bench_registry_scenario *s,
				   const struct bench_registry_plan *plan, FILE *out, bool json);
/* Names and claims of all. */
void bench_registry_scenarios_list(FILE *out);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_SCENARIO_H */
