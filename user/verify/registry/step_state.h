/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* step_state.h - the state of the check `step`: where it is, and what failed there. */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_STEP_STATE_H
#define LATCHKIT_USER_VERIFY_REGISTRY_STEP_STATE_H

#include "verify/registry/helper.h"
#include "verify/registry/result.h"

/* The objects of a run, oldest first: X is what operations are about. */
#define STEP_X 1
#define STEP_IDS 2

/* What is stepped. */
enum step_operation {
	STEP_LOOKUP,
	STEP_LOOKUP_ABSENT, /* nothing has that id */
	STEP_PUT, /* X is linked */
	STEP_LAST_PUT, /* X is not linked any more, and nobody else refers to it, or somebody */
	STEP_REMOVE, /* by a pointer and a reference */
	STEP_DELETE, /* by an id */
	STEP_INSERT,
	STEP_SHRINK, /* all of them */
	STEP_OPERATIONS
};

/*
 * What is done while an operation stands still. In the signal handler of the thread that is
 * stopped: L look up and put, K look up and keep it to the end. By another thread: d delete X, n
 * delete the next one, i insert X, s shed one, f wait until what was deleted is freed, if it can
 * be; p put the reference that it looked up before (l), g get one of what it found before (F).
 */
struct step_act {
	const char *name;
	const char *before, *program;
	unsigned int operations; /* a bit for each that it is tried with */
	bool sweep; /* at each instruction of one run; else at one in each run */
	unsigned int number; /* of the act: its row in the table */
};

/* An operation that ends at all ends within this many of its own instructions. */
#define STEP_LIMIT 20000

/* Is X linked, as far as who looks now can know? */
enum step_known { STEP_UNKNOWN, STEP_ABSENT, STEP_PRESENT };

struct registry_step {
	const struct verify_registry_ops *ops;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site; /* operation, act, boundary */
	struct registry_result result; /* of all operations */
	struct verify_stepped *stepped; /* of this operation */
	void *r;
	struct helper helper;
	enum step_operation operation;
	const struct step_act *act;
	/* The instructions of the operation, in the order in which they are executed. */
	lk_u64 pcs[STEP_LIMIT];
	unsigned long steps;
	unsigned long boundary; /* where it is to be done */
	lk_u64 pc;
	bool hangs; /* the other thread: nothing can be done any more */
	/* Of this run: */
	void *object; /* of the operation, or what it returned */
	long returned; /* 0 or a negative errno; how many were shed */
	bool visited; /* that boundary was there */
	const struct helper_act *asked; /* what the other thread was asked last */
	bool waited; /* it waits for us to go on */
	bool deleted; /* the other thread's last delete was granted */
	lk_u64 inserted, unlinked; /* objects, by whom it was granted to */
	lk_u64 seen, changes; /* what the lookups of a sweep saw */
	enum step_known known;
};

const char *registry_step_name(enum step_operation operation);
/* Note that it failed; the rest of this operation is left out. */
void registry_step_fail(struct registry_step *s, enum verify_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_STEP_STATE_H */
