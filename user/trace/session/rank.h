/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* rank.h - by what rows are sorted, and what latencies tell of an interval or by percentiles. */
#ifndef LATCHKIT_USER_TRACE_SESSION_RANK_H
#define LATCHKIT_USER_TRACE_SESSION_RANK_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/engine/keyed.h"

/* What rows are sorted by. */
enum trace_sort { SORT_DEFAULT, SORT_COUNT, SORT_RATE, SORT_SUM, SORT_AVG, SORT_MAX, SORT_P99 };

/* The sort key of that name, or -1. */
int sort_find(const char *name);
const char *sort_name(size_t i); /* NULL: there are no more */

/*
 * A bound in ns of percentile `percent` of a latency record: so many took less than this. 0: there
 * were none. Buckets are powers of two: the bound is at most twice as much.
 */
unsigned long long latency_percentile(const lk_u64 *latency, unsigned int percent);
/* The ends of bucket b of a record of values: from the first, to below the second. */
long long value_bucket_from(const struct trace_linear *linear, unsigned int b);
long long value_bucket_to(const struct trace_linear *linear, unsigned int b);
/*
 * The same of values: so many are below it. Of those that are negative, or below the first linear
 * bucket, only that is known.
 */
long long value_percentile(const struct trace_linear *linear, const lk_u64 *values,
			   unsigned int percent);
/*
 * What a latency record has more than it had before: count, sum and histogram. The least and the
 * most are the bounds that the histogram gives.
 */
void latency_since(const lk_u64 *now, const lk_u64 *before, lk_u64 *more);
/* The same of values; of those in no bucket the least and the most stay as they were. */
void value_since(const struct trace_linear *linear, const lk_u64 *now, const lk_u64 *before,
		 lk_u64 *more);
/* The figures of a record of latencies or values. */
struct spread {
	double avg, p50, p99, min, max, sum;
};

/* Of a probe's record. Returns false where there are none: of another record, or of nothing. */
bool record_spread(const struct probe *p, const union summed_record *record, struct spread *s);
/*
 * The rank of a probe's record of latencies or values by `sort`, of those that ask for one; -1 of
 * others, so that what is not timed comes after what is.
 */
double record_rank(const struct probe *p, const union summed_record *record, enum trace_sort sort);

#endif /* LATCHKIT_USER_TRACE_SESSION_RANK_H */
