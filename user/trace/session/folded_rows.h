/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* folded_rows.h - what a trace has counted by stack, as the lines of --folded have it. */
#ifndef LATCHKIT_USER_TRACE_SESSION_FOLDED_ROWS_H
#define LATCHKIT_USER_TRACE_SESSION_FOLDED_ROWS_H

#include "trace/session/stacks.h"

/* What the numbers of the rows are of: how often, or what sum() adds up. */
enum folded_weight {
	FOLDED_SAMPLES,
	FOLDED_EVENTS, /* or of samples and events */
	FOLDED_SUM,
	FOLDED_NS,
	FOLDED_MIXED, /* of several of these, which do not add up to anything */
};

/*
 * Read all distinct stacks, or rows of keys, those with most first. Returns 0 or an errno; then
 * there are none. stack_texts_free(*rows, *count).
 */
int folded_rows_read(struct trace *trace, struct stack_text **rows, size_t *count);
/* Of the probes of a trace, of which there is one at least. */
enum folded_weight folded_rows_weight(const struct trace *trace);

#endif /* LATCHKIT_USER_TRACE_SESSION_FOLDED_ROWS_H */
