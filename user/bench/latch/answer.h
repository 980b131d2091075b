/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * answer.h - the answer to a scenario of bench latch, a question as a set of loads and the
 * comparisons that answer it: text, see bench/core/scenario.h, with a line for each of
 *   options OPTION...            of bench latch, for some loads; may be repeated
 *   compare METRIC A B           says how A's metric compares to B's, under each load
 *   value METRIC A               says A's metric under each load
 *   best RATE                    says who has the most writes_per_s or reads_per_s
 *   note SENTENCE                said with the answer
 * Those that come with the tool are in user/bench/latch/scenarios.txt.
 */
#ifndef LATCHKIT_USER_BENCH_LATCH_ANSWER_H
#define LATCHKIT_USER_BENCH_LATCH_ANSWER_H

#include "bench/core/plan.h"

/* Print the question, and what was measured, in sentences. */
void bench_latch_answer(const struct bench_plan *plan, FILE *out);

#endif /* LATCHKIT_USER_BENCH_LATCH_ANSWER_H */
