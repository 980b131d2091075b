// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keys.c - which ids are looked up, drawn beforehand: the same for all subjects. */
#include <math.h>
#include <stdlib.h>

#include "bench/registry/plan.h"
#include "host/random.h"

#define ZIPF_EXPONENT 0.99

const char *const bench_registry_keys_names[BENCH_KEYS_KINDS] = {"uniform", "hot", "zipf"};

/* Between 0 and 1. */
static double draw(uint64_t *random)
{
	return (double)(random_next(random) >> 11) / (double)(1ULL << 53);
}

/* The sum of the shares of ids 0 to i, for each i. */
static double *zipf_sums(size_t objects)
{
	double *sums = malloc(objects * sizeof(*sums)), sum = 0;

	for (size_t i = 0; sums && i < objects; i++) {
		sum += pow((double)(i + 1), -ZIPF_EXPONENT);
		sums[i] = sum;
	}
	return sums;
}

/* The first whose sum is larger. */
static uint32_t zipf_find(const double *sums, size_t objects, double share)
{
	size_t low = 0, high = objects - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (sums[middle] > share)
			high = middle;
		else
			low = middle + 1;
	}
	return (uint32_t)low;
}

uint32_t *bench_registry_keys_new(enum bench_registry_keys kind, size_t objects)
{
	uint32_t *keys = malloc(BENCH_KEYS * sizeof(*keys));
	double *sums = kind == BENCH_KEYS_ZIPF ? zipf_sums(objects) : NULL;
	uint64_t random = 42;

	if (!keys || (kind == BENCH_KEYS_ZIPF && !sums)) {
		free(keys);
		free(sums);
		return NULL;
	}
	for (size_t i = 0; i < BENCH_KEYS; i++) {
		double share = draw(&random);

		if (kind == BENCH_KEYS_HOT)
			keys[i] = 0;
		else if (kind == BENCH_KEYS_ZIPF)
			keys[i] = zipf_find(sums, objects, share * sums[objects - 1]);
		else
			keys[i] = (uint32_t)(share * (double)objects);
	}
	free(sums);
	return keys;
}
