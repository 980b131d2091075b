/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* figures.h - the columns of numbers that a table has, as many as fit. */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_FIGURES_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_FIGURES_H

#include "trace/session/session.h"

/* Start with figures_choose(). */
struct figures {
	unsigned int latency; /* a bit for each figure of latencies that is shown */
	int count_width, rate_width, duration_width;
	bool bounds; /* the least and the most are bounds, as --delta has them */
};

/*
 * Choose the columns for a table that has `width` left for them, SIZE_MAX: all; the one that rows
 * are sorted by first. `latencies`: are there any. Returns how many columns of the terminal they
 * take, with a blank after each.
 */
size_t figures_choose(const struct trace *t, struct figures *f, size_t width, bool latencies);
/* Their names. */
void figures_heading(const struct trace *t, const struct figures *f);
/* Has a probe figures beside its count: is it timed, or has it values? */
bool figures_has(const struct probe *p);
/* One row of them, of a record of the probe or of one of its keys. */
void figures_print(const struct trace *t, const struct figures *f, unsigned long long count,
		   double rate_hz, const struct probe *p, const union summed_record *record);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_FIGURES_H */
