/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* step.h - what verify/registry/step.c and the files of its runs share. */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_STEP_H
#define LATCHKIT_USER_VERIFY_REGISTRY_STEP_H

#include "verify/registry/other.h"
#include "verify/core/trap.h"

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
};

/* The life of an object, told by its tag. */
struct step_life {
	const struct step_act *act; /* in whose run it was made */
	unsigned long boundary;
	lk_u64 pc;
	lk_u64 released; /* how often */
};

/* A reference that is held until grace periods have passed. */
struct step_kept {
	void *object;
	lk_u64 tag;
};

/* An operation that ends at all ends within this many of its own instructions. */
#define STEP_LIMIT 20000
#define STEP_LIVES 32768
#define STEP_KEPT 8192
/* Of one run, at most. */
#define STEP_LIVES_A_RUN 8

struct step_lives {
	struct step_life lives[STEP_LIVES]; /* from 1 on */
	struct step_kept kept[STEP_KEPT];
	lk_u64 lives_count, kept_count;
};

/* Is X linked, as far as who looks now can know? */
enum step_known { STEP_UNKNOWN, STEP_ABSENT, STEP_PRESENT };

struct registry_step {
	const struct verify_registry_ops *ops;
	struct verify_registry_result *result;
	struct verify_registry_stepped *stepped; /* of this operation */
	void *r;
	struct other other;
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
	bool waited; /* the other thread waits for us to go on */
	bool deleted; /* the other thread's last delete was granted */
	lk_u64 inserted, unlinked; /* objects, by whom it was granted to */
	lk_u64 seen, changes; /* what the lookups of a sweep saw */
	enum step_known known;
};

/* verify/registry/step_run.c: one run, with the act at s->boundary, or at each. */
void registry_step_run(struct registry_step *s);
const char *registry_step_name(enum step_operation operation);
/* Note that it failed; the rest of this operation is left out. */
void registry_step_fail(struct registry_step *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* verify/registry/step_act.c: what the letters say, in the signal handler. */
void registry_step_interrupt(struct registry_step *s, const char *program);
/* Is X found? */
void registry_step_look(struct registry_step *s);
/*
 * When the operation has ended: the other thread has waited for that, or was to do something at an
 * instruction that was not executed, and need not now.
 */
void registry_step_wait(struct registry_step *s);

/* verify/registry/lives.c */
void lives_open(void);
/* The tag of an object that is about to be made. */
lk_u64 lives_begin(const struct registry_step *s);
/* Keep a reference. */
void lives_keep(struct registry_step *s, void *object);
/* Is there room for one more run? */
bool lives_full(void);
/*
 * Wait for grace periods. Each object that is kept is still whole; and when those have been put
 * each one that was made was released, once.
 */
void lives_account(struct registry_step *s);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_STEP_H */
