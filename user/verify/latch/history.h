/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * history.h - judges reads of a latch while threads write: what each writer has done, by a clock
 * that ticks once for each event.
 *
 * A write begins at one tick and ends at a later one. A record's word 0 says which write made it:
 * the tick at which that began, and whose it was. The other words follow from it, so that one put
 * together from two shows. An accumulated record counts accepted writes, word i of it i + 1 times.
 *
 * What must hold of a read: its record is whole; it was written, and not refused; it is not older
 * than a write that had ended before the read began, nor than what the same reader saw before. Of a
 * sum: it counts all writes that had ended before, and none that had not begun.
 */
#ifndef LATCHKIT_USER_VERIFY_LATCH_HISTORY_H
#define LATCHKIT_USER_VERIFY_LATCH_HISTORY_H

#include "latch/table.h"
#include "verify/core/verdict.h"

#define HISTORY_WRITERS 32

/* What one writer did: only it writes here. */
struct history_writer {
	lk_u64 version; /* odd while the rest changes */
	lk_u64 start, end; /* of its last accepted write; 0: there was none */
	lk_u64 accepted, refused;
	lk_u64 begun; /* writes */
	lk_u64 refused_start; /* of its last refused write */
} __attribute__((aligned(64)));

struct history {
	const struct latch_variant *variant;
	lk_u64 *latch;
	bool accumulate;
	unsigned int words;
	unsigned int writers;
	lk_u64 clock __attribute__((aligned(64)));
	struct history_writer of[HISTORY_WRITERS];
};

/* What was known of all writers when a read began. */
struct history_snapshot {
	lk_u64 start[HISTORY_WRITERS], end[HISTORY_WRITERS];
	lk_u64 accepted, refused;
};

/* A reader, and the last thing it saw. */
struct history_reader {
	struct history_snapshot before;
	lk_u64 last; /* word 0 */
	char said[160]; /* about the last failure */
};

/*
 * Begin with the verdict's latch, all zero, and so many writers, numbered from 0. Without memory
 * for it the check is skipped, and false returned.
 */
bool history_start(struct history *h, struct verify_verdict *v, bool accumulate, unsigned int words,
		   unsigned int writers);
void history_free(struct history *h);
/* Write as that writer. Returns what the latch returned. */
int history_write(struct history *h, unsigned int writer);
/* Read, and judge it. VERIFY_LIVELOCK: the read ended without a record. */
enum verify_kind history_read(struct history *h, struct history_reader *r, unsigned int tries);
/* The same without a look at the writers: whole, and not older than before? */
enum verify_kind history_glance(struct history *h, struct history_reader *r, unsigned int tries);
/* When nobody writes any more: does the latch hold what it should? */
enum verify_kind history_end(struct history *h, struct history_reader *r);
/* Note a failure of this latch, unless the kind is VERIFY_NONE. */
void history_fail(const struct history *h, struct verify_verdict *v, enum verify_kind kind,
		  const char *context, const char *what);
/* Add what was done to the items `accepted` and `refused`. */
void history_count(const struct history *h, struct verify_verdict *v);
/* Writes that were refused so far. */
lk_u64 history_refused(const struct history *h);
/* True if the write that began last of all was refused. */
bool history_last_refused(const struct history *h);

#endif /* LATCHKIT_USER_VERIFY_LATCH_HISTORY_H */
