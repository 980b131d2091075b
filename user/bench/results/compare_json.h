/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* compare_json.h - a comparison for programs: one JSON object a line. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_COMPARE_JSON_H
#define LATCHKIT_USER_BENCH_RESULTS_COMPARE_JSON_H

#include "bench/results/comparison.h"

/* Texts of a key in both files. Returns whether they differ. */
int bench_compare_json(const struct bench_compared *c);

#endif /* LATCHKIT_USER_BENCH_RESULTS_COMPARE_JSON_H */
