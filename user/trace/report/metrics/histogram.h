/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * histogram.h - records of latencies and values as classic histograms. All samples of one are of
 * one record, read whole: its count always is that of its bucket +Inf.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_METRICS_HISTOGRAM_H
#define LATCHKIT_USER_TRACE_REPORT_METRICS_HISTOGRAM_H

#include <latchkit/record.h>

#include "trace/report/metrics/exposition.h"
#include "trace/session/rank.h"

/*
 * What bucket b has is at most 2^(b+1)-1 whole units, or of linear buckets what is below the next
 * one: that is its bound, exactly. The one after the finite ones has none and is +Inf.
 */
struct histogram_bounds {
	struct scale scale;
	unsigned int finite; /* how many buckets have a bound */
	char le[VALUE_BUCKETS][EXPOSITION_NUMBER + 8]; /* le="..." */
};

_Static_assert(LATENCY_BUCKETS == VALUE_BUCKETS, "bounds serve both");

/* linear: the buckets; of step 0: powers of two. */
void histogram_bounds_set(struct histogram_bounds *bounds, struct scale scale,
			  const struct trace_linear *linear);
/* A latency's record. The metric is that of exposition_metric(). */
void histogram_latency(struct exposition *e, const struct histogram_bounds *bounds,
		       const char *labels, const lk_u64 *latency);
/*
 * A value's record. What is in none of its buckets is in every one here, as it is below the bound.
 * Where any is negative, the sum is no counter, and left out, as is the count, which OpenMetrics
 * has only with it.
 */
void histogram_value(struct exposition *e, const struct histogram_bounds *bounds,
		     const char *labels, const lk_u64 *value);

#endif /* LATCHKIT_USER_TRACE_REPORT_METRICS_HISTOGRAM_H */
