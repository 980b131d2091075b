// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* histogram.c - see trace/report/metrics/histogram.h */
#include <stdio.h>
#include <string.h>

#include "trace/report/metrics/histogram.h"

void histogram_bounds_set(struct histogram_bounds *bounds, struct scale scale,
			  const struct trace_linear *linear)
{
	lk_u64 width = (lk_u64)linear->max - (lk_u64)linear->min;
	double one = 1;

	bounds->scale = scale;
	bounds->finite = VALUE_BUCKETS - 1;
	if (linear->step)
		bounds->finite = (unsigned int)((width - 1) / linear->step) + 1;
	for (unsigned int i = 0; i < scale.decimals; i++)
		one *= 10;
	for (unsigned int b = 0; b < bounds->finite; b++) {
		double most = (double)(value_bucket_to(linear, b) - 1) * scale.multiply;
		char number[EXPOSITION_NUMBER];

		exposition_canonical(number, most / one);
		snprintf(bounds->le[b], sizeof(bounds->le[b]), "le=\"%s\"", number);
	}
	strcpy(bounds->le[bounds->finite], "le=\"+Inf\"");
}

/* The buckets, each with all that is below it, which begins with `below`. */
static void print_buckets(struct exposition *e, const struct histogram_bounds *bounds,
			  const char *labels, const lk_u64 *bucket, lk_u64 below)
{
	for (unsigned int b = 0; b < VALUE_BUCKETS; b++) {
		below += bucket[b];
		if (b >= bounds->finite && b + 1 < VALUE_BUCKETS)
			continue; /* linear buckets are fewer; what is above is in the last one */
		exposition_name(e, "_bucket", labels,
				bounds->le[b < bounds->finite ? b : bounds->finite]);
		exposition_value(e, below);
	}
}

static void print_sum(struct exposition *e, const struct histogram_bounds *bounds,
		      const char *labels, lk_u64 count, lk_u64 sum)
{
	exposition_name(e, "_count", labels, NULL);
	exposition_value(e, count);
	exposition_name(e, "_sum", labels, NULL);
	exposition_scaled(e, false, sum, bounds->scale);
}

void histogram_latency(struct exposition *e, const struct histogram_bounds *bounds,
		       const char *labels, const lk_u64 *r)
{
	print_buckets(e, bounds, labels, r + LATENCY_BUCKET0, 0);
	print_sum(e, bounds, labels, r[LATENCY_COUNT], r[LATENCY_SUM]);
	exposition_created(e, labels);
}

void histogram_value(struct exposition *e, const struct histogram_bounds *bounds,
		     const char *labels, const lk_u64 *r)
{
	print_buckets(e, bounds, labels, r + VALUE_BUCKET0, r[VALUE_BELOW]);
	if (!r[VALUE_COUNT] || (long long)r[VALUE_MIN] >= 0)
		print_sum(e, bounds, labels, r[VALUE_COUNT], r[VALUE_SUM]);
	exposition_created(e, labels);
}
