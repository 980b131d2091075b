/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * span.h - the row of a span in the list of probes: it keeps the record, and attaches to nothing.
 * The probes of its events have the type's `in_span`, and no rows.
 */
#ifndef LATCHKIT_USER_TRACE_PROBE_SPAN_H
#define LATCHKIT_USER_TRACE_PROBE_SPAN_H

#include "trace/probe/probe.h"

extern const struct probe_type probe_type_span;

/* Is it the row of a span? */
static inline bool probe_is_span(const struct probe *p)
{
	return p->type == &probe_type_span;
}

/* Append the row of a span called `name`. Returns 0 or an exit code, diagnosed: it is there. */
int span_row_add(struct probe_list *list, const char *name);
/*
 * Let the probe, which keeps nothing of its own then, begin or end spans; `at_return`: of a system
 * call that is its return. Returns false: there are no such events, as of samples.
 */
bool span_event(struct probe *p, bool at_return);

#endif /* LATCHKIT_USER_TRACE_PROBE_SPAN_H */
