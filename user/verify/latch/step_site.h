/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* step_site.h - where the check `step` is in an operation, and what went wrong there. */
#ifndef LATCHKIT_USER_VERIFY_LATCH_STEP_SITE_H
#define LATCHKIT_USER_VERIFY_LATCH_STEP_SITE_H

#include "verify/core/verdict.h"
#include "verify/latch/harness.h"

/* A site, as a record numbers it. */
enum {
	STEP_ACCUMULATE,
	STEP_SIZE,
	STEP_PAST,
	STEP_INTERRUPTED, /* enum harness_role */
	STEP_SECOND, /* enum harness_role, or HARNESS_ROLES: the checker itself interrupts */
	STEP_ACT,
	STEP_BOUNDARY,
	STEP_SECOND_BOUNDARY,
};

/* There is no second operation: the checker itself interrupts. */
#define STEP_NOBODY HARNESS_ROLES

struct step {
	struct harness harness;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site;
	const char *act; /* what is done there; NULL: nothing yet */
	lk_u64 pc; /* of the operation that is interrupted, there */
	bool preparing; /* not there yet */
	bool stop;
	struct harness_point first, second; /* the state at the boundary of each level */
};

/*
 * Begin to check the verdict's latch, and be found when an operation crashes or hangs. A process
 * checks one. Returns NULL if that cannot be done here: the verdict tells why.
 */
struct step *step_open(const struct verify_options *options, struct verify_verdict *v);
/* Is this among what is to be replayed, as far as numbers first to last - 1 of the site say? */
bool step_wanted(const struct step *t, unsigned int first, unsigned int last);
/* What is done next, by its number and name. */
void step_act(struct step *t, lk_u64 number, const char *name);
/* Begin the operation anew, at its first boundary. Returns false if it is not wanted. */
bool step_begin(struct step *t);
/* Keep the state at this boundary in t->first; `set` as for harness_save(). */
void step_arrive(struct step *t, unsigned int set);
/* Go to the next boundary. Returns false at the end of the operation, or when told to stop. */
bool step_next(struct step *t);
/* Say what went wrong since the last time, if anything did. */
void step_judge(struct step *t);
/*
 * Count the boundaries at which the operation owns the write side, which it must take once and give
 * back once; a read must not store at all.
 */
void step_inside(struct step *t);
/* Only one place is to be seen again. */
bool step_is_replay(const struct step *t);
/* Note a failure that the oracle does not know of: of the operation as a whole. */
void step_fail(struct step *t, enum verify_kind kind, const char *what);

#endif /* LATCHKIT_USER_VERIFY_LATCH_STEP_SITE_H */
