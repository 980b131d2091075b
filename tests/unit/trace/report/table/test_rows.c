// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_rows.c - rows of a table: their order while they are redrawn, what is in their cells. */
#include "tests/test.h"

#include "trace/report/table/order.h"
#include "trace/report/table/style.h"
#include "trace/session/rank.h"

/* -- order --------------------------------------------------------------------------------- */

static int by_rank(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	return x->rank < y->rank ? 1 : x->rank > y->rank ? -1 : 0;
}

/* Settle rows with these ranks; the id of row i is 100 + i. Writes their ids in order to `ids`. */
static void settle(struct row_order *before, const double *ranks, size_t n, uint64_t *ids)
{
	struct ordered *rows = calloc(n, sizeof(*rows));

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct ordered){100 + i, ranks[i], i};
	qsort(rows, n, sizeof(*rows), by_rank);
	order_settle(rows, n, before);
	for (size_t i = 0; i < n; i++)
		ids[i] = rows[i].id;
	free(rows);
}

TEST(rows_that_are_about_equal_stay)
{
	struct row_order before = {0};
	uint64_t ids[3];

	settle(&before, (double[]){1000, 990, 10}, 3, ids);
	assert_memory_equal(ids, ((uint64_t[]){100, 101, 102}), sizeof(ids));
	settle(&before, (double[]){1000, 1050, 1090}, 3, ids);
	assert_memory_equal(ids, ((uint64_t[]){100, 101, 102}), sizeof(ids));
}

TEST(a_row_that_overtakes_moves)
{
	struct row_order before = {0};
	uint64_t ids[3];

	settle(&before, (double[]){1000, 990, 10}, 3, ids);
	settle(&before, (double[]){1000, 1001, 1200}, 3, ids);
	assert_memory_equal(ids, ((uint64_t[]){102, 100, 101}), sizeof(ids));
}

TEST(a_row_that_is_new_finds_its_place)
{
	struct row_order before = {0};
	uint64_t ids[4];

	settle(&before, (double[]){1000, 10, 5}, 3, ids);
	settle(&before, (double[]){1000, 10, 5, 100}, 4, ids);
	assert_memory_equal(ids, ((uint64_t[]){100, 103, 101, 102}), sizeof(ids));
}

/* However often ranks change, no row is below one that it exceeds by more than a tenth. */
TEST(no_row_is_far_from_its_place)
{
	enum { ROWS = ORDER_KEPT + 50 };
	static double ranks[ROWS];
	static uint64_t ids[ROWS];
	struct row_order before = {0};

	srand(17);
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < ROWS; i++)
			ranks[i] = round ? ranks[i] * (0.7 + rand() % 100 / 150.0) : rand() % 1000;
		settle(&before, ranks, ROWS, ids);
		for (int i = 0; i < ORDER_KEPT; i++)
			for (int j = i + 1; j < ORDER_KEPT; j++)
				assert_true(ranks[ids[j] - 100] <= ranks[ids[i] - 100] * 1.1000001);
	}
}

TEST(every_row_is_there_once)
{
	enum { ROWS = 20 };
	struct row_order before = {0};
	uint64_t ids[ROWS];

	srand(1);
	for (int round = 0; round < 50; round++) {
		double ranks[ROWS];
		unsigned int seen = 0;

		for (int i = 0; i < ROWS; i++)
			ranks[i] = rand() % 7;
		settle(&before, ranks, ROWS, ids);
		for (int i = 0; i < ROWS; i++)
			seen |= 1U << (ids[i] - 100);
		assert_int_equal(seen, (1U << ROWS) - 1);
	}
}

/* -- cells --------------------------------------------------------------------------------- */

TEST(durations_have_six_characters_at_most)
{
	char buf[16];

	assert_string_equal(style_duration(buf, 0), "0ns");
	assert_string_equal(style_duration(buf, 999), "999ns");
	assert_string_equal(style_duration(buf, 9996), "10.0us");
	assert_string_equal(style_duration(buf, 99960), "100us");
	assert_string_equal(style_duration(buf, 999700), "1.00ms");
	for (double ns = 1; ns < 99999e9; ns *= 1.0007)
		assert_in_range(strlen(style_duration(buf, ns)), 3, 6);
}

TEST(counts_fit_their_width)
{
	char buf[STYLE_COUNT];

	assert_string_equal(style_count(buf, 99999999, 8), "99999999");
	assert_string_equal(style_count(buf, 123456789, 8), "123457k");
	assert_string_equal(style_count(buf, 123456789, 5), "123M");
	for (double n = 1; n < 1.8e19; n *= 1.0007)
		for (int width = 5; width < 9; width++)
			assert_true((int)strlen(style_count(buf, n, width)) <= width);
}

static const char *cell(const char *text, int width, enum style_side side)
{
	static char buf[64];
	FILE *to = fmemopen(buf, sizeof(buf), "w");

	style_cell(to, text, width, side);
	fclose(to);
	return buf;
}

TEST(cells_are_as_wide_as_their_column)
{
	assert_string_equal(cell("abc", 5, STYLE_LEFT), "abc  ");
	assert_string_equal(cell("abc", 5, STYLE_RIGHT), "  abc");
	assert_string_equal(cell("abc", 5, STYLE_BARE), "abc");
	assert_string_equal(cell("abcdefghij", 8, STYLE_LEFT), "abc..hij");
	assert_string_equal(cell("abcdefghij", 2, STYLE_LEFT), "ab");
}

TEST(characters_are_not_cut)
{
	assert_string_equal(cell("\u00e4\u00f6\u00fc", 5, STYLE_LEFT), "\u00e4\u00f6\u00fc  ");
	assert_string_equal(cell("\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4", 6, STYLE_LEFT),
			    "\u00e4\u00f6..\u00fc\u00e4");
}

/* -- intervals ----------------------------------------------------------------------------- */

TEST(a_latency_of_an_interval)
{
	lk_u64 now[LATENCY_WORDS] = {0}, before[LATENCY_WORDS], more[LATENCY_WORDS];
	const lk_u64 early[] = {3, 5000000}, late[] = {300, 400, 500};

	for (int i = 0; i < 2; i++)
		latency_apply(now, &early[i]);
	memcpy(before, now, sizeof(now));
	for (int i = 0; i < 3; i++)
		latency_apply(now, &late[i]);
	latency_since(now, before, more);
	assert_int_equal(more[LATENCY_COUNT], 3);
	assert_int_equal(more[LATENCY_SUM], 1200);
	assert_int_equal(more[LATENCY_MIN], 256); /* bounds of the bucket that all three are in */
	assert_int_equal(more[LATENCY_MAX], 512);
	assert_int_equal(latency_percentile(more, 50), 512);
	assert_int_equal(latency_percentile(now, 50), 512);
	assert_true(latency_consistent(more));
}

TEST(an_interval_without_calls)
{
	lk_u64 now[LATENCY_WORDS] = {0}, more[LATENCY_WORDS];
	const lk_u64 ns = 77;

	latency_apply(now, &ns);
	latency_since(now, now, more);
	for (int i = 0; i < LATENCY_WORDS; i++)
		assert_int_equal(more[i], 0);
}

/* Values in buckets from 0 to 100, 30 wide: the last one is from 90 to 100. */
static const struct trace_linear linear = {0, 100, 30};

static void add_value(lk_u64 *record, long long value)
{
	struct value_delta delta = {(lk_u64)value, value_word_linear((lk_u64)value, linear.min,
								     linear.max, linear.step)};

	value_apply(record, &delta);
}

TEST(bounds_of_linear_buckets)
{
	static const struct trace_linear powers;

	assert_int_equal(value_bucket_from(&linear, 0), 0);
	assert_int_equal(value_bucket_to(&linear, 0), 30);
	assert_int_equal(value_bucket_from(&linear, 3), 90);
	assert_int_equal(value_bucket_to(&linear, 3), 100);
	assert_int_equal(value_bucket_from(&linear, VALUE_BUCKETS - 1), 100);
	assert_int_equal(value_bucket_from(&powers, 0), 0);
	assert_int_equal(value_bucket_from(&powers, 3), 8);
	assert_int_equal(value_bucket_to(&powers, 3), 16);
}

TEST(percentiles_of_linear_buckets)
{
	lk_u64 r[VALUE_WORDS] = {0};

	assert_int_equal(value_percentile(&linear, r, 50), 0);
	add_value(r, -5);
	assert_int_equal(value_percentile(&linear, r, 50), -5); /* the most there is */
	add_value(r, 31);
	add_value(r, 95);
	assert_int_equal(value_percentile(&linear, r, 50), 60);
	assert_int_equal(value_percentile(&linear, r, 99), 95);
	add_value(r, 500);
	assert_int_equal(value_percentile(&linear, r, 75), 100);
	assert_int_equal(value_percentile(&linear, r, 99), 500);
}

TEST(linear_buckets_of_an_interval)
{
	lk_u64 now[VALUE_WORDS] = {0}, before[VALUE_WORDS], more[VALUE_WORDS];

	add_value(now, 5);
	add_value(now, 500);
	memcpy(before, now, sizeof(now));
	add_value(now, 40);
	add_value(now, 70);
	value_since(&linear, now, before, more);
	assert_int_equal(more[VALUE_COUNT], 2);
	assert_int_equal(more[VALUE_SUM], 110);
	assert_int_equal(more[VALUE_MIN], 30);
	assert_int_equal(more[VALUE_MAX], 90);
}

TEST(bounds_are_no_wider_than_the_whole)
{
	lk_u64 now[LATENCY_WORDS] = {0}, none[LATENCY_WORDS] = {0}, more[LATENCY_WORDS];
	const lk_u64 ns = 300;

	latency_apply(now, &ns);
	latency_since(now, none, more);
	assert_int_equal(more[LATENCY_MIN], 300);
	assert_int_equal(more[LATENCY_MAX], 300);
}
