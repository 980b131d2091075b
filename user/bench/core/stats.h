/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stats.h - what a benchmark says of repeated measurements: medians with intervals, whether
 * two of them differ, and percentiles of many single times. No units of its own.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_STATS_H
#define LATCHKIT_USER_BENCH_CORE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The median of one value or more, which are sorted. */
double bench_median(double *values, size_t count);

/* A median and how far it can be trusted. */
struct bench_estimate {
	double median;
	double low, high; /* 95 % interval of the median, by bootstrap */
	double mad; /* median absolute deviation */
	size_t count; /* measurements; 0: nothing is known, the rest is 0 */
};

/*
 * Estimate from `count` values in any order; they are not changed. The bootstrap draws from a
 * fixed sequence of pseudo-random numbers: the same values give the same interval. Values must be
 * finite.
 */
struct bench_estimate bench_estimate_of(const double *values, size_t count);

/*
 * The same of the ratio a[i] / b[i], pair by pair: both were measured in the same round, so what
 * disturbed the round disturbed both. Pairs whose b is 0 are left out.
 */
struct bench_estimate bench_ratio_of(const double *a, const double *b, size_t count);

/*
 * The median of a over the median of b, two sets that were measured apart, such as in two runs. The
 * interval draws from each on its own; its upper end is INFINITY where what was drawn of b has
 * median 0. `count` is that of the smaller set, 0 when the median of b is 0; `mad` is 0.
 */
struct bench_estimate bench_ratio_of_medians(const double *a, size_t a_count, const double *b,
					     size_t b_count);

/* Is the interval of a ratio wholly above or below 1, by more than `least` (0.02: 2 %)? */
enum bench_order { BENCH_LESS = -1, BENCH_NO_DIFFERENCE = 0, BENCH_MORE = 1 };
enum bench_order bench_ratio_order(const struct bench_estimate *ratio, double least);

/* Was there memory for all estimates and ratios since this was asked last? Those have count 0. */
bool bench_stats_had_memory(void);
/* Too wide to rank: the interval spans more than a tenth of the median on either side. */
bool bench_is_noisy(const struct bench_estimate *e);

/*
 * Times in nanoseconds by size: 16 buckets for each power of two, so a percentile is at most 6 %
 * off. All zero bytes are an empty histogram.
 */
#define BENCH_TIMES_SUB 16
#define BENCH_TIMES_BUCKETS (41 * BENCH_TIMES_SUB)
struct bench_times {
	uint64_t bucket[BENCH_TIMES_BUCKETS];
	unsigned long long count, max;
};

void bench_times_add(struct bench_times *t, uint64_t ns);
void bench_times_merge(struct bench_times *into, const struct bench_times *from);
/* The time that `percent` of all do not exceed, as the upper end of its bucket; 0 when empty. */
unsigned long long bench_times_percentile(const struct bench_times *t, double percent);

#endif /* LATCHKIT_USER_BENCH_CORE_STATS_H */
