/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * series.h - the records of a trace under the labels that they have as metrics: probe, and the
 * keys. No two have the same labels: records that look alike are added up.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_METRICS_SERIES_H
#define LATCHKIT_USER_TRACE_REPORT_METRICS_SERIES_H

#include "trace/session/session.h"

/* What the keys of events that found no room for theirs are called. */
#define SERIES_OTHER "(other)"

struct series {
	size_t probe; /* its index */
	char *labels; /* probe="...",comm="..." */
	union summed_record total; /* since the begin */
};

struct series_list {
	struct series *series; /* by probe, then by labels */
	size_t count;
	char **probe; /* probe="..." of each probe; NULL: not shown */
	size_t probes;
};

/* Are records kept by key? Keys of events that are shown one by one are not those of records. */
bool series_have_keys(const struct trace *trace);
/*
 * Take the series from the records as they were read last, of probes that were named, or have
 * counted something. With keys: one for each, and one for those without room. Returns 0, or
 * ENOMEM: there are none. series_free() in either case.
 */
int series_read(struct trace *trace, struct series_list *list);
void series_free(struct series_list *list);

/*
 * The label of an expression that is a key, or of a key's name: letters, digits and _, not the
 * name of a label that metrics have anyway. `label` holds `size` (> 8) bytes.
 */
void series_label(char *label, size_t size, const char *title);

#endif /* LATCHKIT_USER_TRACE_REPORT_METRICS_SERIES_H */
