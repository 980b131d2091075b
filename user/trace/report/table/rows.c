// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rows.c - see trace/report/table/rows.h */
#include <stdlib.h>

#include "trace/report/table/order.h"
#include "trace/report/table/rows.h"
#include "trace/session/since.h"

static int by_rank(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	if (x->rank < y->rank || x->rank > y->rank)
		return x->rank < y->rank ? 1 : -1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static double rank(const struct trace *t, size_t i, const struct probe_figures *f)
{
	switch (t->options->sort) {
	case SORT_DEFAULT:
		return t->probes.probe[i].optional ? (double)f->count : 1e300;
	case SORT_COUNT:
		return (double)f->count;
	case SORT_RATE:
		return trace_rate_hz(t, i);
	default:
		/* Probes that are not timed come after those that are. */
		return record_rank(&t->probes.probe[i], &f->record, t->options->sort);
	}
}

static size_t choose(struct trace *t, struct ordered *rows)
{
	struct row_order *before = order_of(t, ORDER_PROBES);
	size_t n = 0;

	for (size_t i = 0; i < t->probes.count; i++) {
		struct probe_figures f;

		since_read(t, i, &f);
		if (!t->probes.probe[i].optional || f.count)
			rows[n++] = (struct ordered){i, rank(t, i, &f), i};
	}
	if (n)
		qsort(rows, n, sizeof(*rows), by_rank);
	if (before)
		order_settle(rows, n, before);
	return n;
}

size_t rows_choose(struct trace *t, size_t **rows)
{
	struct ordered *all = calloc(t->probes.count + 1, sizeof(*all));
	size_t n = 0;

	*rows = all ? calloc(t->probes.count + 1, sizeof(**rows)) : NULL;
	if (*rows)
		n = choose(t, all);
	for (size_t i = 0; i < n; i++)
		(*rows)[i] = all[i].index;
	free(all);
	return n;
}
