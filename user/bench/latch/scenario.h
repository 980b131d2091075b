/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scenario.h - a question as a set of loads and the comparisons that answer it: text, see
 * bench/core/scenario.h, with a line for each of
 *   options OPTION...            of bench latch, for some loads; may be repeated
 *   compare METRIC A B           says how A's metric compares to B's, under each load
 *   value METRIC A               says A's metric under each load
 *   best RATE                    says who has the most writes_per_s or reads_per_s
 *   note SENTENCE                said with the answer
 * Those that come with the tool are in user/bench/latch/scenarios.txt.
 */
#ifndef LATCHKIT_USER_BENCH_LATCH_SCENARIO_H
#define LATCHKIT_USER_BENCH_LATCH_SCENARIO_H

#include <stdio.h>

#include "bench/core/scenario.h"
#include "bench/latch/request.h"

/* Those that come with the tool, as text. */
extern const char bench_scenarios[];

/* Set the plan's subjects and loads; `common` is what the command line says of all loads. */
int bench_scenario_plan(const struct bench_scenario *s, const struct bench_request *common,
			struct bench_plan *plan);
/* The question, and what was measured, in sentences. */
void bench_scenario_answer(const struct bench_scenario *s, const struct bench_plan *plan,
			   FILE *out);

#endif /* LATCHKIT_USER_BENCH_LATCH_SCENARIO_H */
