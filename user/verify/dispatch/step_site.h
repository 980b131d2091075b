/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* step_site.h - one run of the check `step`: operations, what interrupts them, what is judged. */
#ifndef LATCHKIT_USER_VERIFY_DISPATCH_STEP_SITE_H
#define LATCHKIT_USER_VERIFY_DISPATCH_STEP_SITE_H

#include "verify/dispatch/set.h"
#include "verify/dispatch/linearize.h"
#include "verify/core/trap.h"

/* One that goes round and round while it is interrupted: the check `progress` tells. */
#define LIMIT 700

/* Who interrupts where. */
enum level { ONCE, SWEEP, NESTED };
/* What a signal does, by the letters of design_operation(). */
struct act {
	const char *name, *program;
	enum level level;
	bool waits;
};

/* A site, as a record numbers it. */
enum { OPERATION, FULL, SECOND, ACT, BOUNDARY };
/* There is no second operation. */
#define NOBODY DESIGN_OPERATIONS

struct dispatch_step {
	const struct design *design;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site;
	const struct act *acts; /* all of them */
	struct design_place place;
	struct registrations pool;
	lk_u64 taken; /* contexts, since all had come back */
	struct history history;
	struct registration_counts before;
	/* The operation that is interrupted, instruction by instruction. */
	lk_u64 pcs[LIMIT];
	unsigned long steps;
	lk_u64 pc; /* where it was interrupted */
	lk_u64 mixed, freed, undetected;
	int running; /* handlers of the operation that is interrupted */
	bool stop;
};

/* Open it: the pool, what failures are told by. Returns false without memory. */
bool dispatch_step_open(struct dispatch_step *t);
void dispatch_step_close(struct dispatch_step *t);
void dispatch_step_fail(struct dispatch_step *t, enum verify_kind kind, const char *what);
/* Do it at once. */
struct linearize_operation dispatch_step_do(struct dispatch_step *t,
					    enum design_operation operation);
/* Do it with a trap before each instruction; what it returned goes to *told. */
void dispatch_step_trapped(struct dispatch_step *t, struct trap *trap,
			   enum design_operation operation, struct linearize_operation *told);
/* In the signal handler: what the letters say. */
void dispatch_step_interrupt(struct dispatch_step *t, const char *program);
/* Around each run: make everything as at the beginning; judge it. */
void dispatch_step_begin(struct dispatch_step *t);
void dispatch_step_finish(struct dispatch_step *t);

#endif /* LATCHKIT_USER_VERIFY_DISPATCH_STEP_SITE_H */
