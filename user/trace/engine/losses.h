/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* losses.h - what a trace lost, by cause. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_LOSSES_H
#define LATCHKIT_USER_TRACE_ENGINE_LOSSES_H

#include "trace/engine/state.h"
#include "trace/probe/attachments.h"

/* A loss whose number cannot be known. */
#define LOSS_UNKNOWN (~0ULL) /* also what missed.h calls unknown */

/* The causes of enum trace_loss, and those that the kernel counts, which may be LOSS_UNKNOWN. */
enum {
	LOSS_SKIPPED = LOSS_COUNTED, /* samples for which the kernel did not run the program */
	LOSS_LATE, /* clock ticks that did not lead to a sample: late, or the CPU was idle */
	LOSS_MISSED, /* runs that the kernel refused because of recursion */
	LOSS_CAUSES
};

struct loss_counts {
	unsigned long long by[LOSS_CAUSES];
};

/*
 * The losses of one probe. A latency of calls: entries = returned + open + those dropped,
 * abandoned, too deep, missed and (without room for their start) map_full.
 */
struct probe_losses {
	struct loss_counts counts;
	unsigned long long entries; /* calls that began */
	unsigned long long open; /* of these, those that have not returned */
	/* Of spans: entries = ended + open + no_room + those restarted. */
	unsigned long long ended, no_room;
};

/* The name of each cause in every output. */
extern const char *const loss_names[LOSS_CAUSES];
unsigned long long loss_get(const struct loss_counts *l, int cause);
/* Add; unknown plus anything is unknown. */
void loss_add(struct loss_counts *into, const struct loss_counts *from);

/*
 * Bring losses up to what they are found to be now. They only grow: a tick that was late is counted
 * even if it came after all.
 */
void loss_grow(struct loss_counts *losses, const struct loss_counts *now);

/*
 * Read what probe i of the list lost by every cause but LOSS_SKIPPED and LOSS_LATE, which become 0.
 * `returned`: of a latency, how many calls have been handled, read before.
 */
void loss_read(const struct engine *engine, const struct attachments *a, size_t i,
	       unsigned long long returned, struct probe_losses *out);
/* Add what the kernel skipped of one perf event of a probe, or what came late. */
void loss_add_skipped(const struct engine *engine, struct perf_counter *counter,
		      struct loss_counts *l);

#endif /* LATCHKIT_USER_TRACE_ENGINE_LOSSES_H */
