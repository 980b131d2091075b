/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * oracle.h - judges what reads and writes return, where at most two operations are under
 * way (stopped, one inside the other) while a third party reads and writes at an instant.
 *
 * Records have related fields: each word follows from word 0, so that one put together from two
 * shows. An instant read must see the newest record that is known to be committed, or that of a
 * write under way: from then on that one is known to be committed. Plain memory: copied and put
 * back with the memory it judges.
 */
#ifndef LATCHKIT_USER_VERIFY_LATCH_ORACLE_H
#define LATCHKIT_USER_VERIFY_LATCH_ORACLE_H

#include "latch/table.h"
#include "verify/core/verdict.h"
#include "verify/latch/code.h"

#define ORACLE_LOG 20

/* An operation under way. */
struct oracle_operation {
	bool writes, reads;
	lk_u64 value; /* the record's word 0, or the delta */
	bool seen; /* by a read: committed */
	bool overlapped; /* another write was tried meanwhile */
	unsigned int from; /* reads: the entry of the log that was current when it began */
};

struct oracle {
	const struct latch_variant *variant;
	bool accumulate;
	unsigned int words;
	lk_u64 seed, drawn; /* values drawn so far */
	lk_u64 current; /* word 0 of the newest record known to be committed */
	struct oracle_operation under_way[2];
	/* What was committed since oracle_settled(), and by how much that changed the total. */
	struct {
		lk_u64 value, delta;
	} log[ORACLE_LOG];
	unsigned int log_count;
	lk_u64 accepted, refused;
	char said[128]; /* about the last failure */
};

void oracle_start(struct oracle *o, const struct latch_variant *variant, bool accumulate,
		  unsigned int words, lk_u64 seed);
/* From here on the log. */
void oracle_settled(struct oracle *o);
/* Make a record (publish) for the next write. Returns its stamp, or the delta (accumulate). */
lk_u64 oracle_draw(struct oracle *o, lk_u64 *record);
/* The value by which the write just drawn is known. */
lk_u64 oracle_value(const struct oracle *o, const lk_u64 *record, lk_u64 argument);

/*
 * Each returns VERIFY_NONE, or what is wrong, and says it. result: what the operation returned.
 */
enum verify_kind oracle_read(struct oracle *o, const lk_u64 *record, int result);
enum verify_kind oracle_write(struct oracle *o, lk_u64 value, int result);
void oracle_begin_write(struct oracle *o, int who, lk_u64 value);
void oracle_begin_read(struct oracle *o, int who);
enum verify_kind oracle_end(struct oracle *o, int who, const lk_u64 *record, int result);

#endif /* LATCHKIT_USER_VERIFY_LATCH_ORACLE_H */
