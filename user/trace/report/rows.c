// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rows.c - see trace/report/rows.h */
#include <stdlib.h>
#include <string.h>

#include "trace/report/rows.h"

static const char *const sort_names[] = {
	[SORT_DEFAULT] = "default", [SORT_COUNT] = "count", [SORT_RATE] = "rate",
	[SORT_SUM] = "sum",	    [SORT_AVG] = "avg",	    [SORT_MAX] = "max",
};

const char *rows_sort_name(size_t i)
{
	return i < sizeof(sort_names) / sizeof(sort_names[0]) ? sort_names[i] : NULL;
}

int rows_sort_find(const char *name)
{
	for (size_t i = 0; rows_sort_name(i); i++)
		if (strcmp(name, sort_names[i]) == 0)
			return (int)i;
	return -1;
}

struct row {
	size_t probe;
	double rank;
};

static int by_rank(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->rank < y->rank || x->rank > y->rank)
		return x->rank < y->rank ? 1 : -1;
	return x->probe < y->probe ? -1 : x->probe > y->probe;
}

/* Probes that are not timed come after those that are, by their count. */
static double rank_of_latency(const struct trace *t, size_t i)
{
	const lk_u64 *r = t->reader->view[i].total.latency;

	if (t->probes.probe[i].kind != KIND_LATENCY || !r[LATENCY_COUNT])
		return -1;
	switch (t->options->sort) {
	case SORT_SUM:
		return (double)r[LATENCY_SUM];
	case SORT_AVG:
		return (double)r[LATENCY_SUM] / (double)r[LATENCY_COUNT];
	default:
		return (double)r[LATENCY_MAX];
	}
}

static double rank(const struct trace *t, size_t i)
{
	double count = (double)probe_view_count(&t->reader->view[i]);

	switch (t->options->sort) {
	case SORT_DEFAULT:
		return t->probes.probe[i].optional ? count : 1e300;
	case SORT_COUNT:
		return count;
	case SORT_RATE:
		return trace_rate_hz(t, i);
	default:
		return rank_of_latency(t, i);
	}
}

size_t rows_choose(const struct trace *t, size_t **rows)
{
	struct row *all = calloc(t->probes.count + 1, sizeof(*all));
	size_t n = 0;

	*rows = calloc(t->probes.count + 1, sizeof(**rows));
	if (!all || !*rows) {
		free(all);
		free(*rows);
		*rows = NULL;
		return 0;
	}
	for (size_t i = 0; i < t->probes.count; i++)
		if (!t->probes.probe[i].optional || probe_view_count(&t->reader->view[i]))
			all[n++] = (struct row){i, rank(t, i)};
	if (n)
		qsort(all, n, sizeof(*all), by_rank);
	for (size_t i = 0; i < n; i++)
		(*rows)[i] = all[i].probe;
	free(all);
	return n;
}
