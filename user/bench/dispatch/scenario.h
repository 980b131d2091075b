/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scenario.h - the claims of the published designs, as questions: what to measure,
 * and a sentence with the numbers and the verdict that they give. They are
 * text, in scenarios.txt; see bench/core/scenario.h.
 */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_SCENARIO_H
#define LATCHKIT_USER_BENCH_DISPATCH_SCENARIO_H

#include <stdio.h>

#include "bench/core/scenario.h"
#include "bench/dispatch/plan.h"

/* Those that come with the tool, as text. */
extern const char dispatch_scenarios[];

/* Set the plan's subjects and loads. Returns the exit code. */
int dispatch_scenario_plan(const struct bench_scenario *s, struct dispatch_plan *plan);
/* Measure what the plan does not, then print the claim and the answer. Returns the exit code. */
int dispatch_scenario_answer(const struct bench_scenario *s, const struct dispatch_plan *plan,
			     FILE *out, bool json);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_SCENARIO_H */
