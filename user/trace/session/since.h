/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * since.h - what the rows of a report tell of each probe: all since the begin, or, with --delta,
 * what the last interval added. Also for keys, whose records have the same kinds.
 */
#ifndef LATCHKIT_USER_TRACE_SESSION_SINCE_H
#define LATCHKIT_USER_TRACE_SESSION_SINCE_H

#include "trace/session/session.h"

struct probe_figures {
	unsigned long long count;
	union summed_record record;
	union summed_record other; /* with keys: of this, those that found no room for theirs */
	struct loss_counts losses;
};

/* What a probe's record has more than it had before; of a latency see latency_since(). */
void record_since(const struct probe *p, const union summed_record *now,
		  const union summed_record *before, union summed_record *more);

/* The figures of probe i for this report. */
void since_read(const struct trace *trace, size_t i, struct probe_figures *figures);
/* With --delta: remember all figures for the next report. Returns false: no memory for it. */
bool since_remember(struct trace *trace);
/* Forget them: the next report tells of the whole trace. */
void since_forget(struct trace *trace);

#endif /* LATCHKIT_USER_TRACE_SESSION_SINCE_H */
