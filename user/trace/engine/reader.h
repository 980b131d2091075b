/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reader.h - read the records of a running trace from mapped memory, without a system call, and
 * check each against its invariants.
 */
#ifndef LATCHKIT_USER_TRACE_ENGINE_READER_H
#define LATCHKIT_USER_TRACE_ENGINE_READER_H

#include <latchkit/record.h>

#include "trace/engine/activity.h"
#include "trace/engine/keyed.h"
#include "trace/engine/losses.h"
#include "trace/engine/state.h"
#include "trace/probe/attachments.h"

/* The newest consistent view of one probe, all CPUs together. */
struct probe_view {
	union summed_record total;
	union summed_record other; /* with keys: of this, those that found no room for theirs */
	unsigned long long handled[HANDLERS]; /* events that each handler is done with */
	struct loss_counts losses;
	unsigned long long entries, open; /* of latencies: see losses.h */
	unsigned long long ended, no_room; /* of spans: the same */
};

struct reader_counts {
	unsigned long long reads; /* records read */
	unsigned long long retries; /* how often a latch made the reader try again */
	unsigned long long gave_up; /* reads that found no consistent record in time */
	unsigned long long torn; /* records accepted by the latch that break their invariants */
};

struct reader {
	const struct engine *engine;
	const struct attachments *attachments;
	struct probe_view *view; /* one for each probe */
	lk_u64 (*samples)[SAMPLE_WORDS]; /* the newest of each sampling probe on each CPU */
	struct key_rows keyed[TABLES]; /* empty: there are no keys */
	struct activity_rows activity; /* empty: not counted */
	struct reader_counts counts;
};

/* Returns a reader, or NULL when out of memory, diagnosed. */
struct reader *reader__new(const struct engine *engine, const struct attachments *attachments);
void reader__free(struct reader *reader);

/*
 * Read every record once and update view[] and samples[]. No system call. A probe of which a record
 * could not be read keeps its previous view.
 */
void reader_read_all(struct reader *reader);
/* Find keys and processes that are new. The next reader_read_all() reads their records. */
void reader_find_keys(struct reader *reader);
/* The count of a record of a table. */
unsigned long long summed_count(enum trace_table which, const union summed_record *record);
/* Add up records of a table. */
void summed_merge(enum trace_table which, union summed_record *into,
		  const union summed_record *from);
/* Update view[].losses. System calls: some of the counters are the kernel's. */
void reader_read_losses(struct reader *reader);

/* How often a probe was hit: events, finished calls or samples, whichever handler they had. */
unsigned long long probe_view_count(const struct probe_view *view);
/* The newest sample of sampling probe `number` on a CPU; SAMPLE_TIME 0: none yet. */
const lk_u64 *reader_sample(const struct reader *reader, unsigned int number, int cpu);

#endif /* LATCHKIT_USER_TRACE_ENGINE_READER_H */
