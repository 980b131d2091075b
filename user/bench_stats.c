// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench_stats.c - see bench_stats.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench_stats.h"

#define RESAMPLES 400

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Sorts the values. */
static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_doubles);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* A linear congruential generator, Knuth's constants: enough to draw with. */
static size_t draw(uint64_t *state, size_t below)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (size_t)((*state >> 33) % below);
}

/* The percentile bootstrap (Efron 1979): medians of what is drawn with replacement. */
static void bootstrap(struct bench_estimate *e, const double *values, double *scratch)
{
	double medians[RESAMPLES];
	uint64_t state = 1;

	for (int i = 0; i < RESAMPLES; i++) {
		for (size_t j = 0; j < e->count; j++)
			scratch[j] = values[draw(&state, e->count)];
		medians[i] = median(scratch, e->count);
	}
	qsort(medians, RESAMPLES, sizeof(medians[0]), compare_doubles);
	e->low = medians[RESAMPLES / 40];
	e->high = medians[RESAMPLES - 1 - RESAMPLES / 40];
}

struct bench_estimate bench_estimate_of(const double *values, size_t count)
{
	struct bench_estimate e = {.count = count};
	double *scratch = count ? malloc(count * sizeof(*scratch)) : NULL;

	if (!scratch)
		return (struct bench_estimate){0};
	memcpy(scratch, values, count * sizeof(*scratch));
	e.median = median(scratch, count);
	for (size_t i = 0; i < count; i++)
		scratch[i] = fabs(values[i] - e.median);
	e.mad = median(scratch, count);
	bootstrap(&e, values, scratch);
	free(scratch);
	return e;
}

struct bench_estimate bench_ratio_of(const double *a, const double *b, size_t count)
{
	double *ratio = count ? malloc(count * sizeof(*ratio)) : NULL;
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

uint64_t bench_times_percentile(const struct bench_times *t, double percent)
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
