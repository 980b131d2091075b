/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * activity.h - how much each process does, in traces without probes: the table of
 * bpf/trace/activity.h, its size, and what is in it.
 */
#ifndef LATCHKIT_USER_TRACE_ENGINE_ACTIVITY_H
#define LATCHKIT_USER_TRACE_ENGINE_ACTIVITY_H

#include <latchkit/keyed.h>
#include <latchkit/record.h>

#include "trace/engine/state.h"

/*
 * Places of the table, a power of two. Three quarters of so many processes find room before one
 * does not. With the default latch they take 5 MB.
 */
#define ACTIVITY_PLACES 8192

struct activity_row {
	bool known; /* there is such a row */
	lk_u64 key[ACTIVITY_KEY_WORDS]; /* tgid, when it began */
	lk_u64 record[ACTIVITY_WORDS]; /* since the begin */
	lk_u64 before[ACTIVITY_WORDS]; /* at the last report */
};

/* The table as it was read. */
struct activity_rows {
	struct keyed_table table;
	struct activity_row *row; /* one for each place of the table; NULL: there is no table */
	size_t used; /* rows beyond are not known */
	struct activity_row rest; /* of all processes without room */
};

/* Before the object is loaded: its maps and settings. Returns 0 or a negative errno. */
int activity_set_up(struct engine *engine, struct trace_settings *settings);
/* Make the rows, none known. Returns false when out of memory; free what there is. */
bool activity_rows_init(struct activity_rows *rows, const struct engine *engine);
void activity_rows_free(struct activity_rows *rows);
/* Does place `at` have a process? Fills in whose row it is; a process may have several. */
bool activity_row_at(struct activity_rows *rows, unsigned int at);

#endif /* LATCHKIT_USER_TRACE_ENGINE_ACTIVITY_H */
