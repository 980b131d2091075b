// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* stats.c - see bench/core/stats.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/stats.h"
#include "host/random.h"

#define RESAMPLES 400

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

double bench_median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_doubles);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static bool out_of_memory; /* since it was asked last */

/* Room for so many values, at least one. Returns NULL: no memory, which is noted. */
static double *room_for(size_t count)
{
	double *room = malloc(count * sizeof(*room));

	out_of_memory |= !room;
	return room;
}

bool bench_stats_had_memory(void)
{
	bool had = !out_of_memory;

	out_of_memory = false;
	return had;
}

/* The median of as many values, drawn with replacement. `scratch` has room for them. */
static double median_drawn(const double *values, size_t count, double *scratch, uint64_t *state)
{
	for (size_t i = 0; i < count; i++)
		scratch[i] = values[random_below(state, count)];
	return bench_median(scratch, count);
}

/* The percentile bootstrap (Efron 1979): what 95 % of the draws lie between. Sorts them. */
static void interval_of(struct bench_estimate *e, double *drawn, size_t count)
{
	qsort(drawn, count, sizeof(*drawn), compare_doubles);
	e->low = drawn[count / 40];
	e->high = drawn[count - 1 - count / 40];
}

static void bootstrap(struct bench_estimate *e, const double *values, double *scratch)
{
	double medians[RESAMPLES];
	uint64_t state = 1;

	for (int i = 0; i < RESAMPLES; i++)
		medians[i] = median_drawn(values, e->count, scratch, &state);
	interval_of(e, medians, RESAMPLES);
}

struct bench_estimate bench_estimate_of(const double *values, size_t count)
{
	struct bench_estimate e = {.count = count};
	double *scratch = count ? room_for(count) : NULL;

	if (!scratch)
		return (struct bench_estimate){0};
	memcpy(scratch, values, count * sizeof(*scratch));
	e.median = bench_median(scratch, count);
	for (size_t i = 0; i < count; i++)
		scratch[i] = fabs(values[i] - e.median);
	e.mad = bench_median(scratch, count);
	bootstrap(&e, values, scratch);
	free(scratch);
	return e;
}

struct bench_estimate bench_ratio_of(const double *a, const double *b, size_t count)
{
	double *ratio = count ? room_for(count) : NULL;
	struct bench_estimate e = {0};
	size_t kept = 0;

	if (!ratio)
		return e;
	for (size_t i = 0; i < count; i++)
		if (b[i] != 0)
			ratio[kept++] = a[i] / b[i];
	e = bench_estimate_of(ratio, kept);
	free(ratio);
	return e;
}

/* 0 / 0 says nothing and is left out. */
static void bootstrap_ratio(struct bench_estimate *e, const double *a, size_t a_count,
			    const double *b, size_t b_count, double *scratch)
{
	double ratios[RESAMPLES];
	uint64_t state = 1;
	size_t kept = 0;

	for (int i = 0; i < RESAMPLES; i++) {
		double above = median_drawn(a, a_count, scratch, &state);
		double below = median_drawn(b, b_count, scratch, &state);

		if (above != 0 || below != 0)
			ratios[kept++] = below != 0 ? above / below : INFINITY;
	}
	if (kept)
		interval_of(e, ratios, kept);
	else
		e->count = 0;
}

struct bench_estimate bench_ratio_of_medians(const double *a, size_t a_count, const double *b,
					     size_t b_count)
{
	struct bench_estimate e = {.count = a_count < b_count ? a_count : b_count};
	double below = bench_estimate_of(b, b_count).median;
	double *scratch = NULL;

	if (e.count && below != 0)
		scratch = room_for(a_count > b_count ? a_count : b_count);
	if (!scratch)
		return (struct bench_estimate){0};
	e.median = bench_estimate_of(a, a_count).median / below;
	bootstrap_ratio(&e, a, a_count, b, b_count, scratch);
	free(scratch);
	return e;
}

enum bench_order bench_ratio_order(const struct bench_estimate *ratio, double least)
{
	if (!ratio->count)
		return BENCH_NO_DIFFERENCE;
	if (ratio->high < 1 - least)
		return BENCH_LESS;
	return ratio->low > 1 + least ? BENCH_MORE : BENCH_NO_DIFFERENCE;
}

bool bench_is_noisy(const struct bench_estimate *e)
{
	double tenth = fabs(e->median) / 10;

	return e->count && (e->high - e->median > tenth || e->median - e->low > tenth);
}

/* Below 16 ns each nanosecond has its bucket; above, each power of two has 16. */
static size_t bucket_of(uint64_t ns)
{
	int power;
	size_t bucket;

	if (ns < BENCH_TIMES_SUB)
		return ns;
	power = 63 - __builtin_clzll(ns);
	bucket = (size_t)(power - 3) * BENCH_TIMES_SUB + ((ns >> (power - 4)) % BENCH_TIMES_SUB);
	return bucket < BENCH_TIMES_BUCKETS ? bucket : BENCH_TIMES_BUCKETS - 1;
}

static uint64_t bucket_end(size_t bucket)
{
	unsigned int shift;

	if (bucket < BENCH_TIMES_SUB)
		return bucket;
	shift = (unsigned int)(bucket / BENCH_TIMES_SUB) - 1;
	return ((BENCH_TIMES_SUB + bucket % BENCH_TIMES_SUB + 1) << shift) - 1;
}

void bench_times_add(struct bench_times *t, uint64_t ns)
{
	t->bucket[bucket_of(ns)]++;
	t->count++;
	if (ns > t->max)
		t->max = ns;
}

void bench_times_merge(struct bench_times *into, const struct bench_times *from)
{
	for (size_t i = 0; i < BENCH_TIMES_BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
	into->count += from->count;
	if (from->max > into->max)
		into->max = from->max;
}

unsigned long long bench_times_percentile(const struct bench_times *t, double percent)
{
	uint64_t below = 0, wanted = (uint64_t)ceil((double)t->count * percent / 100);

	if (!t->count)
		return 0;
	for (size_t i = 0; i < BENCH_TIMES_BUCKETS; i++) {
		below += t->bucket[i];
		if (below >= wanted)
			return bucket_end(i) < t->max ? bucket_end(i) : t->max;
	}
	return t->max;
}
