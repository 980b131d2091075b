/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* losses.h - what a trace lost, by cause. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_LOSSES_H
#define LATCHKIT_USER_TRACE_ENGINE_LOSSES_H

#include "trace/engine/state.h"
#include "trace/probe/attachments.h"

/* A loss whose number cannot be known. */
#define LOSS_UNKNOWN (~0ULL)

/* What was lost, by cause. Any but the first four may be LOSS_UNKNOWN. */
struct loss_counts {
	unsigned long long dropped; /* refused by the latch: another writer was active */
	unsigned long long map_full; /* no room for a start time or a stack */
	unsigned long long too_deep; /* too many nested entries in one task */
	unsigned long long unpaired; /* a return without a known entry */
	unsigned long long skipped; /* samples for which the kernel did not run the program */
	unsigned long long
		late; /* clock ticks that did not lead to a sample: late, or CPU asleep */
	unsigned long long missed; /* runs that the kernel refused for recursion */
};

/* How the causes are called in every output; the order of struct loss_counts. */
#define LOSS_CAUSES 7
extern const char *const loss_names[LOSS_CAUSES];
/* Cause number i of *l. */
unsigned long long loss_get(const struct loss_counts *l, int i);
/* Add; unknown plus anything is unknown. */
void loss_add(struct loss_counts *into, const struct loss_counts *from);

/* Read what probe i of the list lost by every cause but `skipped` and `late`, which are set to 0. */
void loss_read(const struct engine *engine, const struct attachments *a, size_t i,
	       struct loss_counts *out);
/* Add what the kernel skipped of one perf event of a probe, or what came late. */
void loss_add_skipped(const struct engine *engine, const struct perf_counter *counter,
		      struct loss_counts *l);

#endif /* LATCHKIT_USER_TRACE_ENGINE_LOSSES_H */
