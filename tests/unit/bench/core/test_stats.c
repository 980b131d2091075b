// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_stats.c - estimates, verdicts and percentiles against what is known of their input. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/core/stats.h"

#define ROUNDS 20

/* Noise as a benchmark has it: +-5 %, now and then a round that is far too slow. */
static double noisy(uint64_t *state, double true_value)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	true_value *= 0.95 + 0.1 * (double)(*state >> 40) / (1 << 24);
	return (*state >> 33) % 10 == 0 ? true_value * 3 : true_value;
}

static void test_median_of_known(void **state)
{
	const double odd[] = {9, 1, 5}, even[] = {4, 1, 3, 2};
	struct bench_estimate e = bench_estimate_of(odd, 3);

	(void)state;
	assert_true(e.median == 5 && e.mad == 4 && e.low >= 1 && e.high <= 9);
	e = bench_estimate_of(even, 4);
	assert_true(e.median == 2.5);
	e = bench_estimate_of(odd, 1);
	assert_true(e.low == 9 && e.high == 9 && e.mad == 0);
	assert_int_equal(bench_estimate_of(NULL, 0).count, 0);
}

static void test_interval_holds_the_truth(void **state)
{
	double values[ROUNDS];
	uint64_t seed = 7;
	int held = 0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct bench_estimate e;

		for (int j = 0; j < ROUNDS; j++)
			values[j] = noisy(&seed, 100);
		e = bench_estimate_of(values, ROUNDS);
		held += e.low <= 101 && e.high >= 99;
	}
	assert_true(held >= 180);
}

/*
 * How often two of the same, and two that differ by `factor`, are told apart, of 200. Measured
 * apart they are of unlike sizes.
 */
static int told_apart(double factor, enum bench_order as, bool apart)
{
	double a[ROUNDS], b[ROUNDS + 7];
	uint64_t seed = apart ? 13 : 11;
	int told = 0;

	for (int i = 0; i < 200; i++) {
		struct bench_estimate ratio;

		for (int j = 0; j < ROUNDS; j++) {
			a[j] = noisy(&seed, 100 * factor);
			b[j] = noisy(&seed, 100);
		}
		for (int j = ROUNDS; j < ROUNDS + 7; j++)
			b[j] = noisy(&seed, 100);
		ratio = apart ? bench_ratio_of_medians(a, ROUNDS, b, ROUNDS + 7)
			      : bench_ratio_of(a, b, ROUNDS);
		told += bench_ratio_order(&ratio, 0.02) == as;
	}
	return told;
}

static void test_same_is_no_difference(void **state)
{
	(void)state;
	assert_true(told_apart(1, BENCH_NO_DIFFERENCE, false) >= 190);
}

static void test_a_fifth_more_is_more(void **state)
{
	(void)state;
	assert_true(told_apart(1.2, BENCH_MORE, false) >= 190);
	assert_true(told_apart(1 / 1.2, BENCH_LESS, false) >= 190);
}

static void test_noise_is_called_so(void **state)
{
	const double wide[] = {1, 2, 3, 4, 5, 6, 7, 8}, narrow[] = {99, 100, 101, 100, 100, 99};
	struct bench_estimate e = bench_estimate_of(wide, 8);

	(void)state;
	assert_true(bench_is_noisy(&e));
	e = bench_estimate_of(narrow, 6);
	assert_false(bench_is_noisy(&e));
}

static void test_division_by_nothing(void **state)
{
	const double a[] = {1, 2}, b[] = {0, 1}, zero[] = {0, 0};
	struct bench_estimate e = bench_ratio_of(a, b, 2);

	(void)state;
	assert_true(e.count == 1 && e.median == 2);
	e = bench_ratio_of(a, zero, 2);
	assert_int_equal(e.count, 0);
	assert_int_equal(bench_ratio_order(&e, 0.02), BENCH_NO_DIFFERENCE);
}

static void test_runs_told_apart(void **state)
{
	(void)state;
	assert_true(told_apart(1, BENCH_NO_DIFFERENCE, true) >= 190);
	assert_true(told_apart(1.2, BENCH_MORE, true) >= 190);
	assert_true(told_apart(1 / 1.2, BENCH_LESS, true) >= 190);
}

static void test_ratio_of_known_medians(void **state)
{
	const double a[] = {6, 2, 4}, b[] = {2, 2, 2, 2}, zero[] = {0, 0, 0}, rare[] = {0, 1, 1};
	struct bench_estimate e = bench_ratio_of_medians(a, 3, b, 4);

	(void)state;
	assert_true(e.median == 2 && e.low >= 1 && e.high <= 3 && e.count == 3);
	e = bench_ratio_of_medians(zero, 3, b, 4);
	assert_true(e.median == 0 && e.high == 0 && e.count == 3);
	assert_int_equal(bench_ratio_order(&e, 0.02), BENCH_LESS);
	e = bench_ratio_of_medians(a, 3, rare, 3);
	assert_true(e.median == 4 && isinf(e.high));
	assert_int_equal(bench_ratio_of_medians(a, 3, zero, 3).count, 0);
	assert_int_equal(bench_ratio_of_medians(a, 3, NULL, 0).count, 0);
	assert_int_equal(bench_ratio_of_medians(NULL, 0, b, 4).count, 0);
}

static void test_percentiles(void **state)
{
	struct bench_times *t = calloc(1, sizeof(*t)), *all = calloc(1, sizeof(*all));

	(void)state;
	assert_non_null(t);
	assert_non_null(all);
	assert_int_equal(bench_times_percentile(t, 50), 0);
	for (uint64_t ns = 1; ns <= 100000; ns++)
		bench_times_add(t, ns);
	bench_times_merge(all, t);
	for (int percent = 1; percent < 100; percent++) {
		uint64_t exact = 1000 * (uint64_t)percent;
		uint64_t said = bench_times_percentile(all, percent);

		assert_true(said >= exact && said <= exact + exact / 15);
	}
	assert_int_equal(bench_times_percentile(all, 100), 100000);
	bench_times_add(all, UINT64_MAX);
	assert_true(all->max == UINT64_MAX);
	assert_true(bench_times_percentile(all, 100) > 100000);
	free(t);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median_of_known),
		cmocka_unit_test(test_interval_holds_the_truth),
		cmocka_unit_test(test_same_is_no_difference),
		cmocka_unit_test(test_a_fifth_more_is_more),
		cmocka_unit_test(test_noise_is_called_so),
		cmocka_unit_test(test_division_by_nothing),
		cmocka_unit_test(test_runs_told_apart),
		cmocka_unit_test(test_ratio_of_known_medians),
		cmocka_unit_test(test_percentiles),
	};

	return cmocka_run_group_tests_name("bench_stats", tests, NULL, NULL);
}
