// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rank.c - see trace/session/rank.h */
#include <string.h>

#include "trace/session/rank.h"

static const char *const sort_names[] = {
	[SORT_DEFAULT] = "default", [SORT_COUNT] = "count", [SORT_RATE] = "rate",
	[SORT_SUM] = "sum",	    [SORT_AVG] = "avg",	    [SORT_MAX] = "max",
	[SORT_P99] = "p99",
};

const char *sort_name(size_t i)
{
	return i < sizeof(sort_names) / sizeof(sort_names[0]) ? sort_names[i] : NULL;
}

int sort_find(const char *name)
{
	for (size_t i = 0; sort_name(i); i++)
		if (strcmp(name, sort_names[i]) == 0)
			return (int)i;
	return -1;
}

unsigned long long latency_percentile(const lk_u64 *r, unsigned int percent)
{
	/* How many are at or below it, rounded up. */
	unsigned long long below = (r[LATENCY_COUNT] * percent + 99) / 100, seen = 0, bound;

	if (!r[LATENCY_COUNT])
		return 0;
	for (unsigned int b = 0; b < LATENCY_BUCKETS; b++) {
		seen += r[LATENCY_BUCKET0 + b];
		bound = 2ULL << b;
		if (seen >= below)
			return b + 1 < LATENCY_BUCKETS && bound < r[LATENCY_MAX] ? bound
										 : r[LATENCY_MAX];
	}
	return r[LATENCY_MAX];
}

long long value_bucket_from(const struct trace_linear *linear, unsigned int b)
{
	if (!linear->step)
		return b ? 1LL << b : 0;
	if (b == VALUE_BUCKETS - 1)
		return linear->max;
	return (long long)((lk_u64)linear->min + b * linear->step);
}

long long value_bucket_to(const struct trace_linear *linear, unsigned int b)
{
	lk_u64 from = (lk_u64)value_bucket_from(linear, b);

	if (!linear->step)
		return 2LL << b;
	if ((lk_u64)linear->max - from <= linear->step)
		return linear->max;
	return (long long)(from + linear->step);
}

long long value_percentile(const struct trace_linear *linear, const lk_u64 *r, unsigned int percent)
{
	unsigned long long below = (r[VALUE_COUNT] * percent + 99) / 100, seen = r[VALUE_BELOW];
	long long max = (long long)r[VALUE_MAX], bound = value_bucket_from(linear, 0);

	if (!r[VALUE_COUNT])
		return 0;
	for (unsigned int b = 0; seen < below && b + 1 < VALUE_BUCKETS; b++) {
		seen += r[VALUE_BUCKET0 + b];
		bound = value_bucket_to(linear, b);
	}
	return seen >= below && bound < max ? bound : max;
}

/* The bounds of the least and the most of a record that has count, sum and histogram. */
static void bound(const lk_u64 *total, lk_u64 *more)
{
	int first = 0, last = LATENCY_BUCKETS - 1;

	while (first < last && !more[LATENCY_BUCKET0 + first])
		first++;
	while (last > first && !more[LATENCY_BUCKET0 + last])
		last--;
	more[LATENCY_MIN] = first ? 1ULL << first : 0;
	if (more[LATENCY_MIN] < total[LATENCY_MIN])
		more[LATENCY_MIN] = total[LATENCY_MIN];
	more[LATENCY_MAX] = 2ULL << last;
	if (more[LATENCY_MAX] > total[LATENCY_MAX] || last == LATENCY_BUCKETS - 1)
		more[LATENCY_MAX] = total[LATENCY_MAX];
}

void latency_since(const lk_u64 *now, const lk_u64 *before, lk_u64 *more)
{
	memset(more, 0, LATENCY_WORDS * sizeof(*more));
	if (now[LATENCY_COUNT] <= before[LATENCY_COUNT])
		return;
	for (int i = 0; i < LATENCY_WORDS; i++)
		if (i != LATENCY_MIN && i != LATENCY_MAX)
			more[i] = now[i] - before[i];
	bound(now, more);
}

void value_since(const struct trace_linear *linear, const lk_u64 *now, const lk_u64 *before,
		 lk_u64 *more)
{
	unsigned int first = 0, last = VALUE_BUCKETS - 1;

	memset(more, 0, VALUE_WORDS * sizeof(*more));
	if (now[VALUE_COUNT] <= before[VALUE_COUNT])
		return;
	for (int i = 0; i < VALUE_WORDS; i++)
		more[i] = now[i] - before[i];
	while (first < last && !more[VALUE_BUCKET0 + first])
		first++;
	while (last > first && !more[VALUE_BUCKET0 + last])
		last--;
	more[VALUE_MIN] = now[VALUE_MIN];
	if (!more[VALUE_BELOW] && value_bucket_from(linear, first) > (long long)now[VALUE_MIN])
		more[VALUE_MIN] = (lk_u64)value_bucket_from(linear, first);
	more[VALUE_MAX] = now[VALUE_MAX];
	if (more[VALUE_BELOW] < more[VALUE_COUNT] && last < VALUE_BUCKETS - 1 &&
	    value_bucket_to(linear, last) < (long long)now[VALUE_MAX])
		more[VALUE_MAX] = (lk_u64)value_bucket_to(linear, last);
}

static void spread_latency(const lk_u64 *r, struct spread *s)
{
	*s = (struct spread){
		.avg = (double)r[LATENCY_SUM] / (double)r[LATENCY_COUNT],
		.p50 = (double)latency_percentile(r, 50),
		.p99 = (double)latency_percentile(r, 99),
		.min = (double)r[LATENCY_MIN],
		.max = (double)r[LATENCY_MAX],
		.sum = (double)r[LATENCY_SUM],
	};
}

static void spread_value(const struct trace_linear *linear, const lk_u64 *r, struct spread *s)
{
	*s = (struct spread){
		.avg = (double)(long long)r[VALUE_SUM] / (double)r[VALUE_COUNT],
		.p50 = (double)value_percentile(linear, r, 50),
		.p99 = (double)value_percentile(linear, r, 99),
		.min = (double)(long long)r[VALUE_MIN],
		.max = (double)(long long)r[VALUE_MAX],
		.sum = (double)(long long)r[VALUE_SUM],
	};
}

bool record_spread(const struct probe *p, const union summed_record *r, struct spread *s)
{
	enum trace_table which = probe_table(p);

	if (which == TABLE_LATENCIES && r->latency[LATENCY_COUNT])
		spread_latency(r->latency, s);
	else if (which == TABLE_VALUES && r->value[VALUE_COUNT])
		spread_value(&p->linear, r->value, s);
	else
		return false;
	return true;
}

double record_rank(const struct probe *p, const union summed_record *r, enum trace_sort sort)
{
	struct spread s;

	if (!record_spread(p, r, &s))
		return -1;
	switch (sort) {
	case SORT_SUM:
		return s.sum;
	case SORT_AVG:
		return s.avg;
	case SORT_P99:
		return s.p99;
	default:
		return s.max;
	}
}
