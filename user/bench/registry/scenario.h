/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scenario.h - the claims S4.1 to S4.6, the bars and the cost in BPF, as questions: what to
 * measure, and a sentence with the numbers and the verdict that they give. They are
 * text, in scenarios.txt; see bench/core/scenario.h.
 */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_SCENARIO_H
#define LATCHKIT_USER_BENCH_REGISTRY_SCENARIO_H

#include <stdio.h>

#include "bench/core/scenario.h"
#include "bench/registry/plan.h"

/* Those that come with the tool, as text. */
extern const char bench_registry_scenarios[];

/* Set the plan's subjects and loads. Returns the exit code. */
int bench_registry_scenario_plan(const struct bench_scenario *s, struct bench_registry_plan *plan);
/* Measure what the plan does not, then print the claim and the answer. Returns the exit code. */
int bench_registry_scenario_answer(const struct bench_scenario *s,
				   const struct bench_registry_plan *plan, FILE *out, bool json);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_SCENARIO_H */
