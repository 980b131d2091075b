/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * verify_trap.h - a signal before each instruction of an operation, to the thread that runs it: its
 * handler may do what a signal handler may. By the CPU's trap flag, hence on x86 only. Operations
 * can be run so within such a signal, too.
 */
#ifndef LATCHKIT_USER_VERIFY_TRAP_H
#define LATCHKIT_USER_VERIFY_TRAP_H

#include "verify_design.h"

struct trap {
	void (*at)(struct trap *t); /* called before each instruction */
	void *arg;
	unsigned long limit; /* after so many it runs on without */
	/* Set for at(), and what remains: */
	unsigned long boundary; /* instructions executed so far */
	lk_u64 pc; /* the next one */
	bool endless; /* the limit was reached */
	/* Private: */
	lk_u64 entry, returns_to, stack;
	bool inside;
};

/* Can this be done here? */
bool trap_available(void);
/* Once in a process, before the others. */
void trap_install(void);
/* Run an operation so; its result. Only one thread at a time. */
int trap_run(struct trap *t, design_call_fn *call, struct design_request *r);

#endif /* LATCHKIT_USER_VERIFY_TRAP_H */
