/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* compare_table.h - a comparison for people. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_COMPARE_TABLE_H
#define LATCHKIT_USER_BENCH_RESULTS_COMPARE_TABLE_H

#include "bench/results/comparison.h"

/* Texts of a key in both files. Returns whether they differ. */
int bench_compare_table(const struct bench_compared *c);

#endif /* LATCHKIT_USER_BENCH_RESULTS_COMPARE_TABLE_H */
