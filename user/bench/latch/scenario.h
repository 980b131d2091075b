/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scenario.h - a question as a set of loads and the comparisons that answer it. A scenario
 * is text, a line for each of
 *   scenario NAME
 *   question SENTENCE
 *   subjects SUBJECT...
 *   options OPTION...            of bench latch, for some loads; may be repeated
 *   compare METRIC A B           says how A's metric compares to B's, under each load
 *   value METRIC A               says A's metric under each load
 *   best RATE                    says who has the most writes_per_s or reads_per_s
 *   note SENTENCE                said with the answer
 * and # begins a comment. Those that come with the tool are in user/bench/latch/scenarios.txt.
 */
#ifndef LATCHKIT_USER_BENCH_LATCH_SCENARIO_H
#define LATCHKIT_USER_BENCH_LATCH_SCENARIO_H

#include <stdio.h>

#include "bench/latch/request.h"

struct bench_scenario;

/* One that comes with the tool, by its name, or else a file. NULL: the error was printed, and
 * *code is the exit code. */
struct bench_scenario *bench_scenario__new(const char *name, int *code);
void bench_scenario__free(struct bench_scenario *s);
/* Set the plan's subjects and loads; `common` is what the command line says of all loads. */
int bench_scenario_plan(const struct bench_scenario *s, const struct bench_request *common,
			struct bench_plan *plan);
/* The question, and what was measured, in sentences. */
void bench_scenario_answer(const struct bench_scenario *s, const struct bench_plan *plan,
			   FILE *out);
/* Names and questions of those that come with the tool. Returns EXIT_OK. */
int bench_scenarios_list(FILE *out);

#endif /* LATCHKIT_USER_BENCH_LATCH_SCENARIO_H */
