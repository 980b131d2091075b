// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* order.c - see trace/report/table/order.h */
#include <stdlib.h>
#include <string.h>

#include "trace/report/table/order.h"

static size_t find(const struct ordered *rows, size_t count, uint64_t id)
{
	size_t i = 0;

	while (i < count && rows[i].id != id)
		i++;
	return i;
}

static bool beats(const struct ordered *row, const struct ordered *other)
{
	return row->rank > other->rank + (other->rank < 0 ? -other->rank : other->rank) / 10;
}

/* Put a row above the first that it beats, or below all. */
static void insert(struct ordered *rows, size_t count, const struct ordered *row)
{
	size_t at = 0;

	while (at < count && !beats(row, &rows[at]))
		at++;
	memmove(rows + at + 1, rows + at, (count - at) * sizeof(*rows));
	rows[at] = *row;
}

void order_settle(struct ordered *rows, size_t count, struct row_order *before)
{
	struct ordered settled[ORDER_KEPT];
	bool placed[ORDER_KEPT] = {false};
	size_t most = count < ORDER_KEPT ? count : ORDER_KEPT, n = 0;

	for (size_t i = 0; i < before->count; i++) {
		size_t at = find(rows, most, before->id[i]);

		if (at == most || placed[at])
			continue;
		placed[at] = true;
		insert(settled, n++, &rows[at]);
	}
	for (size_t i = 0; i < most; i++)
		if (!placed[i])
			insert(settled, n++, &rows[i]);
	memcpy(rows, settled, n * sizeof(*rows));
	before->count = n;
	for (size_t i = 0; i < n; i++)
		before->id[i] = rows[i].id;
}

struct row_order *order_of(struct trace *t, size_t table)
{
	if (!t->live)
		return NULL;
	if (!t->orders)
		t->orders = calloc(t->probes.count + ORDER_KEYS_OF, sizeof(*t->orders));
	if (t->orders && !t->orders[table])
		t->orders[table] = calloc(1, sizeof(**t->orders));
	return t->orders ? t->orders[table] : NULL;
}

void orders_free(struct trace *t)
{
	for (size_t i = 0; t->orders && i < t->probes.count + ORDER_KEYS_OF; i++)
		free(t->orders[i]);
	free(t->orders);
	t->orders = NULL;
}
