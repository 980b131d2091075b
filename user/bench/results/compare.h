/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * compare.h - two result files side by side: what of B differs from A, and how surely. Only
 * for code: between two machines everything differs.
 */
#ifndef LATCHKIT_USER_BENCH_RESULTS_COMPARE_H
#define LATCHKIT_USER_BENCH_RESULTS_COMPARE_H

#include <stdbool.h>

#include "bench/results/file.h"
#include "bench/core/stats.h"

/* Print the comparison. Returns the exit code, after printing why if it is not EXIT_OK. */
int bench_compare(const char *path_a, const char *path_b, bool json);

#endif /* LATCHKIT_USER_BENCH_RESULTS_COMPARE_H */
