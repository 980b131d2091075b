// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rows.c - see trace/report/rows.h */
#include <stdlib.h>

#include "trace/report/rows.h"

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
	if (t->probes.probe[i].kind != KIND_LATENCY)
		return -1;
	return latency_rank(t->reader->view[i].total.latency, t->options->sort);
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
