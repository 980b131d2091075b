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

/* One metric of a measurement that both files have. */
struct bench_comparison {
	const struct bench_file_result *a, *b;
	enum bench_file_metric metric;
	struct bench_estimate ratio; /* B / A; count 0: A's median is 0 */
	const char *verdict;
	bool noisy;
};

/* Print the comparison. Returns the exit code, having said why if it is not EXIT_OK. */
int bench_compare(const char *path_a, const char *path_b, bool json);

/* The two forms of the output, for bench_compare(). */
struct bench_compared {
	const struct bench_file *a, *b;
	struct bench_comparison *rows;
	size_t count;
};
/* Keys of the environment that bear on a comparison; NULL after the last. */
extern const char *const bench_compare_keys[];
/* Texts of a key in both files. Returns whether they differ. */
bool bench_compare_environment(const struct bench_compared *c, const char *key, char (*texts)[256]);
int bench_compare_table(const struct bench_compared *c);
int bench_compare_json(const struct bench_compared *c);

#endif /* LATCHKIT_USER_BENCH_RESULTS_COMPARE_H */
