/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* rendering.h - what is rendered as metrics, and from what: for those that render a part of it. */
#ifndef LATCHKIT_USER_TRACE_REPORT_METRICS_RENDERING_H
#define LATCHKIT_USER_TRACE_REPORT_METRICS_RENDERING_H

#include "trace/report/metrics/exposition.h"
#include "trace/report/metrics/series.h"

struct rendering {
	struct exposition *e;
	const struct trace *t;
	const struct series_list *list;
};

/* What kind of record a series has. */
static inline enum trace_table rendering_table(const struct rendering *r, const struct series *s)
{
	return probe_table(&r->t->probes.probe[s->probe]);
}

#endif /* LATCHKIT_USER_TRACE_REPORT_METRICS_RENDERING_H */
