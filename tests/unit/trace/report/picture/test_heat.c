// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_heat.c - what intervals add to histograms; columns that become one when there are many. */
#include "tests/test.h"
#include "trace/report/picture/heat.h"

/* Interval i, from 0, ends at i + 1 seconds, and adds i + 1 to row i % HEAT_ROWS of probe 1. */
static void fill(struct heats *h, unsigned int intervals)
{
	lk_u64 rows[HEAT_ROWS] = {0};

	for (unsigned int i = 0; i < intervals; i++) {
		heats_end_interval(h, (i + 1) * 1000000000ULL);
		rows[i % HEAT_ROWS] += i + 1;
		assert_true(heats_add(h, 1, rows));
	}
}

TEST(test_each_interval_is_a_column)
{
	struct heats *h = heats__new(2, 0);

	fill(h, 100);
	assert_int_equal(h->columns, 100);
	for (unsigned int i = 0; i < 100; i++) {
		assert_int_equal(h->edge[i], i * 1000000000ULL);
		for (int row = 0; row < HEAT_ROWS; row++)
			assert_int_equal(heats_get(h, 1, i, row),
					 row == (int)(i % HEAT_ROWS) ? i + 1 : 0);
	}
	assert_int_equal(heats_get(h, 0, 99, 0), 0); /* a probe without events */
	heats__free(h);
}

/* All that intervals from..to have added to a row. */
static lk_u64 added(unsigned int from, unsigned int to, int row)
{
	lk_u64 sum = 0;

	for (unsigned int i = from; i < to; i++)
		sum += i % HEAT_ROWS == (unsigned int)row ? i + 1 : 0;
	return sum;
}

/* More intervals than there is room for columns, in each phase of growing. */
TEST(test_columns_become_one)
{
	static const unsigned int lengths[] = {HEAT_COLUMNS, HEAT_COLUMNS + 1, HEAT_COLUMNS + 2,
					       3 * HEAT_COLUMNS + 7, 10 * HEAT_COLUMNS + 3};

	for (size_t n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
		struct heats *h = heats__new(2, 0);

		fill(h, lengths[n]);
		assert_in_range(h->columns, HEAT_COLUMNS / 2, HEAT_COLUMNS);
		assert_int_equal(h->edge[0], 0);
		assert_int_equal(h->edge[h->columns], lengths[n] * 1000000000ULL);
		for (size_t column = 0; column < h->columns; column++)
			for (int row = 0; row < HEAT_ROWS; row++)
				assert_int_equal(
					heats_get(h, 1, column, row),
					added((unsigned int)(h->edge[column] / 1000000000),
					      (unsigned int)(h->edge[column + 1] / 1000000000),
					      row));
		heats__free(h);
	}
}

/* One that has its first event late has columns of zeros before. */
TEST(test_a_late_probe)
{
	struct heats *h = heats__new(1, 0);
	lk_u64 rows[HEAT_ROWS] = {0};

	for (unsigned int i = 0; i < HEAT_COLUMNS + 20; i++) {
		heats_end_interval(h, i + 1);
		rows[7] = i == HEAT_COLUMNS + 19 ? 5 : 0;
		assert_true(heats_add(h, 0, rows));
	}
	for (size_t column = 0; column < h->columns; column++)
		assert_int_equal(heats_get(h, 0, column, 7), column + 1 == h->columns ? 5 : 0);
	heats__free(h);
}
