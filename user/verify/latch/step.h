/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* step.h - what verify/latch/step.c and verify/latch/inside.c share. */
#ifndef LATCHKIT_USER_VERIFY_LATCH_STEP_H
#define LATCHKIT_USER_VERIFY_LATCH_STEP_H

#include "verify/core/verdict.h"
#include "verify/core/site.h"
#include "verify/latch/stage.h"

/* A site, as a record numbers it. */
enum {
	STEP_ACCUMULATE,
	STEP_SIZE,
	STEP_PAST,
	STEP_INTERRUPTED, /* enum stage_role */
	STEP_SECOND, /* enum stage_role, or STAGE_ROLES: the checker itself interrupts */
	STEP_ACT,
	STEP_BOUNDARY,
	STEP_SECOND_BOUNDARY,
};

struct step {
	struct stage stage;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site;
	lk_u64 pc; /* of the operation that is interrupted, there */
	bool preparing; /* not there yet */
	bool stop;
	struct stage_point first, second; /* the state at the boundary of each level */
};

/* Begin the operation anew, at its first boundary. Returns false if it is not wanted. */
bool step_begin(struct step *t);
/* Keep the state at this boundary in t->first; `set` as for stage_save(). */
void step_arrive(struct step *t, unsigned int set);
/* Go to the next boundary. Returns false at the end of the operation, or when told to stop. */
bool step_next(struct step *t);
/* Say what went wrong since the last time, if anything did. */
void step_judge(struct step *t);
/* Only one place is to be seen again. */
bool step_is_replay(const struct step *t);
/* Note a failure that the oracle does not know of: of the operation as a whole. */
void step_fail(struct step *t, enum verify_kind kind, const char *what);

/*
 * verify/latch/inside.c: count the boundaries at which the operation owns the write side, which
 * it must
 * take once and give back once; a read must not store at all.
 */
void step_inside(struct step *t);

#endif /* LATCHKIT_USER_VERIFY_LATCH_STEP_H */
