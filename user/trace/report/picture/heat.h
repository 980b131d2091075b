/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* heat.h - what each interval of a trace added to the histogram of each probe. */
#ifndef LATCHKIT_USER_TRACE_REPORT_PICTURE_HEAT_H
#define LATCHKIT_USER_TRACE_REPORT_PICTURE_HEAT_H

#include <latchkit/record.h>

#include "trace/session/session.h"

/* The most columns; an even number. When there are as many, two each become one. */
#define HEAT_COLUMNS 480
/* Row 0 is of values below 0, row b + 1 of bucket b. */
#define HEAT_ROWS (1 + LATENCY_BUCKETS)

_Static_assert(LATENCY_BUCKETS == VALUE_BUCKETS, "both kinds of records have the same rows");

/* Of one probe. */
struct heat {
	lk_u64 before[HEAT_ROWS]; /* since the begin, at the end of the last column */
	lk_u64 (*column)[HEAT_ROWS]; /* NULL: nothing yet */
	size_t room; /* in columns; those from there on are 0 */
};

struct heats {
	struct heat *of; /* each probe */
	size_t probes;
	size_t columns;
	unsigned long long
		edge[HEAT_COLUMNS + 1]; /* CLOCK_MONOTONIC: column i ends at edge[i + 1] */
	unsigned int intervals; /* in each column, */
	unsigned int filled; /* and in the last one so far */
};

/* None, from `begin_ns` on. Returns NULL: no memory. */
struct heats *heats__new(size_t probes, unsigned long long begin_ns);
void heats__free(struct heats *heats);
/* The end of an interval. Then heats_add() each probe that has rows. */
void heats_end_interval(struct heats *heats, unsigned long long now_ns);
/*
 * Add to the last column what the rows, which are since the begin, have more than before. Returns
 * false: no memory.
 */
bool heats_add(struct heats *heats, size_t probe, const lk_u64 *rows);
/* What a probe has in a column and row. */
lk_u64 heats_get(const struct heats *heats, size_t probe, size_t column, int row);

#endif /* LATCHKIT_USER_TRACE_REPORT_PICTURE_HEAT_H */
