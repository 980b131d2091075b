/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* compare_report.h - what two result files have in common: as tables, or one JSON object a line. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_COMPARE_REPORT_H
#define LATCHKIT_USER_BENCH_RESULTS_COMPARE_REPORT_H

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

/* Print the comparison. Returns the exit code, after printing why if it is not EXIT_OK. */
int bench_compare_report(const struct bench_compared *c, bool json);

#endif /* LATCHKIT_USER_BENCH_RESULTS_COMPARE_REPORT_H */
