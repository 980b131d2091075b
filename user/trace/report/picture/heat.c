// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* heat.c - see trace/report/picture/heat.h */
#include <stdlib.h>
#include <string.h>

#include "trace/report/picture/heat.h"

struct heats *heats__new(size_t probes, unsigned long long begin_ns)
{
	struct heats *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->of = calloc(probes + 1, sizeof(*h->of));
	if (!h->of) {
		free(h);
		return NULL;
	}
	h->probes = probes;
	h->edge[0] = begin_ns;
	h->intervals = 1;
	return h;
}

void heats__free(struct heats *h)
{
	for (size_t i = 0; h && i < h->probes; i++)
		free(h->of[i].column);
	if (h)
		free(h->of);
	free(h);
}

static void halve(struct heat *heat)
{
	for (size_t i = 1; i < heat->room; i++) {
		lk_u64 *to = heat->column[i / 2], *from = heat->column[i];

		for (int row = 0; row < HEAT_ROWS; row++)
			to[row] = (i % 2 ? to[row] : 0) + from[row];
		memset(from, 0, sizeof(*heat->column));
	}
}

/* Two columns become one, and all that come have as many intervals. */
static void halve_all(struct heats *h)
{
	for (size_t i = 0; i < h->probes; i++)
		halve(&h->of[i]);
	h->columns /= 2;
	for (size_t i = 1; i <= h->columns; i++)
		h->edge[i] = h->edge[2 * i];
	h->intervals *= 2;
}

void heats_end_interval(struct heats *h, unsigned long long now_ns)
{
	if (!h->columns || h->filled == h->intervals) {
		if (h->columns == HEAT_COLUMNS)
			halve_all(h);
		h->columns++;
		h->filled = 0;
	}
	h->filled++;
	h->edge[h->columns] = now_ns;
}

/* Room up to the last column. */
static bool make_room(struct heats *h, struct heat *heat)
{
	size_t more = 2 * h->columns < HEAT_COLUMNS ? 2 * h->columns : HEAT_COLUMNS;
	lk_u64(*grown)[HEAT_ROWS];

	if (h->columns <= heat->room)
		return true;
	grown = reallocarray(heat->column, more, sizeof(*grown));
	if (!grown)
		return false;
	memset(grown[heat->room], 0, (more - heat->room) * sizeof(*grown));
	heat->column = grown;
	heat->room = more;
	return true;
}

bool heats_add(struct heats *h, size_t probe, const lk_u64 *rows)
{
	struct heat *heat = &h->of[probe];

	if (memcmp(heat->before, rows, sizeof(heat->before)) == 0)
		return true;
	if (!make_room(h, heat))
		return false;
	for (int row = 0; row < HEAT_ROWS; row++)
		heat->column[h->columns - 1][row] += rows[row] - heat->before[row];
	memcpy(heat->before, rows, sizeof(heat->before));
	return true;
}

lk_u64 heats_get(const struct heats *h, size_t probe, size_t column, int row)
{
	return column < h->of[probe].room ? h->of[probe].column[column][row] : 0;
}
