/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* spans.h - the table of starts of spans: how large it is, and which have not ended. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_SPANS_H
#define LATCHKIT_USER_TRACE_ENGINE_SPANS_H

#include <latchkit/spans.h>

#include "trace/engine/state.h"

/* Spans that may be open at one time, unless told otherwise. */
#define SPANS_DEFAULT 65536

/* A span that has not ended. */
struct open_span {
	unsigned int row; /* number of its row among the latency probes */
	unsigned long long tie[SPAN_TIES];
	unsigned long long time_ns; /* when it began, CLOCK_MONOTONIC */
	lk_u64 value[SPAN_VALUE_WORDS]; /* all of its start: see bpf/trace/span_shared.h */
};

/* Before the object is loaded: its map and settings. Returns 0 or an exit code, diagnosed. */
int spans_set_up(struct engine *engine);
/* When it is loaded: tell programs which events are whose. Returns 0 or EXIT_FAILED, diagnosed. */
int spans_set_events(const struct engine *engine);
/* The first word of expression `i` in a start. */
unsigned int spans_expr_at(const struct engine *engine, unsigned int i);
/*
 * The next place from `at` on with a span that has not ended, copied to *open; returns its number,
 * or spans_room(). Those that begin or end meanwhile are met or not.
 */
unsigned int spans_next_open(const struct engine *engine, unsigned int at, struct open_span *open);
/* How many places there are. */
unsigned int spans_room(const struct engine *engine);
/* How many spans of a row have not ended. */
unsigned long long spans_open(const struct engine *engine, unsigned int row);

#endif /* LATCHKIT_USER_TRACE_ENGINE_SPANS_H */
