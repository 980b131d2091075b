/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* comparison.h - what two result files have in common, and whether it differs. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_COMPARISON_H
#define LATCHKIT_USER_BENCH_RESULTS_COMPARISON_H

#include <stdbool.h>

#include "bench/core/stats.h"
#include "bench/results/file.h"

/* One metric of a measurement that both files have. */
struct bench_comparison {
	const struct bench_file_result *a, *b;
	enum bench_file_metric metric;
	struct bench_estimate ratio; /* B / A; count 0: A's median is 0 */
	const char *verdict;
	bool noisy;
};

/* All that both files have. */
struct bench_compared {
	const struct bench_file *a, *b;
	struct bench_comparison *rows;
	size_t count;
};

/* Keys of the environment that bear on a comparison; NULL after the last. */
extern const char *const bench_compare_keys[];
/* Texts of a key in both files. Returns whether they differ. */
bool bench_compare_environment(const struct bench_compared *c, const char *key, char (*texts)[256]);

#endif /* LATCHKIT_USER_BENCH_RESULTS_COMPARISON_H */
