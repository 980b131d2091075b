// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_record.c - records: what apply and merge make, and that the invariants notice damage. */
#include <limits.h>

#include <latchkit/record.h>

#include "tests/test.h"

TEST(test_log2)
{
	assert_int_equal(record_log2(0), 0);
	for (unsigned int b = 0; b < 64; b++) {
		assert_int_equal(record_log2(1ULL << b), b);
		assert_int_equal(record_log2((1ULL << b) | ((1ULL << b) - 1)), b);
	}
	assert_int_equal(latency_bucket(~0ULL), LATENCY_BUCKETS - 1);
}

TEST(test_latency)
{
	static const lk_u64 ns[] = {5, 1000, 0, 123456789, 7, 1ULL << 50};
	lk_u64 all[LATENCY_WORDS] = {0}, half[2][LATENCY_WORDS] = {{0}};

	for (size_t i = 0; i < sizeof(ns) / sizeof(ns[0]); i++) {
		latency_apply(all, &ns[i]);
		latency_apply(half[i % 2], &ns[i]);
		assert_true(latency_consistent(all));
	}
	assert_int_equal(all[LATENCY_COUNT], 6);
	assert_int_equal(all[LATENCY_MIN], 0);
	assert_int_equal(all[LATENCY_MAX], 1ULL << 50);
	latency_merge(half[0], half[1]);
	assert_memory_equal(half[0], all, sizeof(all));
	memset(half, 0, sizeof(half));
	latency_merge(half[0], half[1]);
	assert_true(latency_consistent(half[0]));
	latency_merge(half[0], all);
	assert_memory_equal(half[0], all, sizeof(all));
}

/* Count values; `step` 0: in powers of two. */
static void add_values(lk_u64 *record, const long long *values, size_t n, lk_u64 step)
{
	for (size_t i = 0; i < n; i++) {
		lk_u64 value = (lk_u64)values[i];
		struct value_delta delta = {value, step ? value_word_linear(value, -10, 25, step)
							: value_word(value)};

		value_apply(record, &delta);
	}
}

TEST(test_value)
{
	static const long long values[] = {0, 1, 7, -3, -9, 1LL << 50};
	lk_u64 r[VALUE_WORDS] = {0}, twice[VALUE_WORDS] = {0};

	add_values(r, values, 6, 0);
	assert_true(value_consistent(r));
	assert_int_equal(r[VALUE_COUNT], 6);
	assert_int_equal(r[VALUE_SUM], (1LL << 50) - 4);
	assert_int_equal((long long)r[VALUE_MIN], -9);
	assert_int_equal(r[VALUE_MAX], 1LL << 50);
	assert_int_equal(r[VALUE_BELOW], 2);
	assert_int_equal(r[VALUE_BUCKET0], 2);
	assert_int_equal(r[VALUE_BUCKET0 + 2], 1);
	assert_int_equal(r[VALUE_BUCKET0 + VALUE_BUCKETS - 1], 1);
	value_merge(twice, r);
	value_merge(twice, r);
	assert_int_equal(twice[VALUE_BELOW], 4);
	r[VALUE_BELOW] = 0;
	r[VALUE_BUCKET0] += 2;
	assert_false(value_consistent(r)); /* the least says that some are negative */
}

/* From -10 on, 10 wide, up to 25: the last of them is narrower. */
TEST(test_value_linear)
{
	static const long long values[] = {-11, -10, -1, 0, 9, 10, 20, 24, 25, 1000, LLONG_MIN};
	static const lk_u64 buckets[] = {2, 2, 1, 2};
	lk_u64 r[VALUE_WORDS] = {0};

	add_values(r, values, 11, 10);
	assert_true(value_linear_consistent(r));
	assert_int_equal(r[VALUE_COUNT], 11);
	assert_int_equal(r[VALUE_BELOW], 2);
	assert_int_equal(r[VALUE_BUCKET0 + VALUE_BUCKETS - 1], 2);
	assert_memory_equal(r + VALUE_BUCKET0, buckets, sizeof(buckets));
	r[VALUE_BUCKET0]++;
	assert_false(value_linear_consistent(r));
	/* What would need more buckets than there are is in the last one. */
	assert_int_equal(value_word_linear(99, 0, 100, 1), VALUE_BUCKET0 + VALUE_BUCKETS - 1);
}

TEST(test_activity)
{
	static const lk_u64 what[] = {ACTIVITY_SAMPLES, ACTIVITY_SYSCALLS, ACTIVITY_SYSCALLS};
	lk_u64 all[ACTIVITY_WORDS] = {0}, other[ACTIVITY_WORDS] = {0};

	for (int i = 0; i < 3; i++) {
		activity_apply(i ? other : all, &what[i]);
		assert_true(activity_consistent(i ? other : all));
	}
	activity_merge(all, other);
	assert_memory_equal(all, ((lk_u64[]){3, 1, 0, 2}), sizeof(all));
	for (int i = 0; i < ACTIVITY_WORDS; i++) {
		all[i]++; /* a word of the next generation */
		assert_false(activity_consistent(all));
		all[i]--;
	}
}

/* Any one word that is a generation behind or ahead must show. */
TEST(test_latency_damage)
{
	lk_u64 r[LATENCY_WORDS] = {0}, ns = 700;
	static const struct {
		int word;
		lk_u64 change;
	} damage[] = {{LATENCY_COUNT, 1}, {LATENCY_SUM, 700}, {LATENCY_BUCKET0 + 9, -1ULL}};

	for (int i = 0; i < 3; i++)
		latency_apply(r, &ns);
	for (int i = 0; i < 3; i++) {
		r[damage[i].word] += damage[i].change;
		assert_false(latency_consistent(r));
		r[damage[i].word] -= damage[i].change;
		assert_true(latency_consistent(r));
	}
}

/* Sums that min * count, max * count or the sum itself would carry past 64 bits. */
TEST(test_latency_large)
{
	const lk_u64 day = 86400ULL * 1000000000, top = ~0ULL;
	lk_u64 r[LATENCY_WORDS] = {0}, all[LATENCY_WORDS] = {0};

	latency_apply(r, &day);
	/* 1 ms each: max * count is just above 2^64 */
	r[LATENCY_COUNT] += 213504;
	r[LATENCY_SUM] += 213504 * 1000000ULL;
	r[LATENCY_MIN] = 1000000;
	r[LATENCY_BUCKET0 + latency_bucket(1000000)] += 213504;
	assert_true(latency_consistent(r));
	r[LATENCY_MIN] = r[LATENCY_SUM] / r[LATENCY_COUNT] + 1;
	assert_false(latency_consistent(r));
	/* min * count wraps to less than the sum */
	r[LATENCY_MIN] = day;
	assert_false(latency_consistent(r));
	memset(r, 0, sizeof(r));
	for (int i = 0; i < 3; i++)
		latency_apply(r, &top);
	assert_true(r[LATENCY_SUM] == top);
	assert_true(latency_consistent(r));
	latency_merge(all, r);
	latency_merge(all, r);
	assert_true(all[LATENCY_SUM] == top);
	assert_true(latency_consistent(all));
	memset(r, 0, sizeof(r));
	r[LATENCY_SUM] = 1;
	assert_false(latency_consistent(r));
	r[LATENCY_SUM] = top;
	assert_false(latency_consistent(r));
}

TEST(test_event)
{
	lk_u64 a[EVENT_WORDS] = {0}, b[EVENT_WORDS] = {0}, who = 42;

	assert_true(event_consistent(a));
	event_merge(a, b);
	assert_true(event_consistent(a));
	for (int i = 0; i < 5; i++)
		event_apply(a, &who);
	who = 43;
	event_apply(b, &who);
	event_merge(a, b);
	assert_true(event_consistent(a));
	assert_int_equal(a[EVENT_COUNT], 6);
	assert_int_equal(a[EVENT_LAST], 42);
	for (int w = 0; w < EVENT_WORDS; w++) {
		a[w]++;
		assert_false(event_consistent(a));
		a[w]--;
	}
}

TEST(test_contexts_and_samples)
{
	lk_u64 c[CONTEXTS_WORDS] = {0}, s[SAMPLE_WORDS] = {0}, kind;

	for (kind = 0; kind < SAMPLED_KINDS + 2; kind++) /* two that do not exist: unknown */
		contexts_apply(c, &kind);
	assert_true(contexts_consistent(c));
	assert_int_equal(c[CONTEXTS_TOTAL], SAMPLED_KINDS + 2);
	assert_int_equal(c[CONTEXTS_KIND0 + SAMPLED_UNKNOWN], 3);
	c[CONTEXTS_TOTAL]++;
	assert_false(contexts_consistent(c));
	assert_true(sample_consistent(s)); /* none yet */
	for (int w = 0; w < SAMPLE_CHECK; w++)
		s[w] = (lk_u64)w * 77 + 1;
	s[SAMPLE_CHECK] = sample_check(s);
	for (int w = 0; w < SAMPLE_WORDS; w++) {
		s[w]++;
		assert_false(sample_consistent(s));
		s[w]--;
	}
	assert_true(sample_consistent(s));
}
