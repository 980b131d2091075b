/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * order.h - the order of rows that are redrawn: a row stays where it was until another has
 * overtaken it by a tenth, so that rows which are about equal do not change places all the time.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_ORDER_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "trace/session/session.h"

/* So many rows, from the first on, keep their places; nobody looks at those beyond. */
#define ORDER_KEPT 256

struct ordered {
	uint64_t id; /* of the row: the same each time */
	double rank;
	size_t index; /* what the caller knows the row by */
};

/* Which rows stood where, the last time. Start with zeros. */
struct row_order {
	uint64_t id[ORDER_KEPT];
	size_t count;
};

/*
 * Settle the order of rows that are sorted by rank, the highest first. No row then stands below one
 * whose rank is less by more than a tenth of it.
 */
void order_settle(struct ordered *rows, size_t count, struct row_order *before);

/* The tables that have an order each: of probes, of processes, of keys, or of those of a probe. */
enum { ORDER_PROBES, ORDER_PROCESSES, ORDER_KEYS, ORDER_KEYS_OF };
/*
 * The order of a table: one of these, or ORDER_KEYS_OF plus the probe. NULL: nothing is redrawn, or
 * there is no memory for it.
 */
struct row_order *order_of(struct trace *trace, size_t table);
void orders_free(struct trace *trace);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_ORDER_H */
