/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trap.h - a signal before each instruction of an operation, to the thread that runs it: its
 * handler may do what a signal handler may. By the CPU's trap flag, hence on x86 only. Operations
 * can be run so within such a signal, too.
 */
#ifndef LATCHKIT_USER_VERIFY_CORE_TRAP_H
#define LATCHKIT_USER_VERIFY_CORE_TRAP_H

#include "verify/core/verdict.h"

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
	unsigned long nth;
	unsigned char was;
};

/* Once in a process, before the others. Returns false where it cannot be done: it is skipped. */
bool trap_open(struct verify_verdict *v);
/*
 * Call call(arg), which calls the function at `entry`: the instructions of that one are stepped,
 * and of all that it calls. Returns what call() does. Only one thread at a time.
 */
int trap_run(struct trap *t, lk_u64 entry, int (*call)(void *arg), void *arg);
/* Can a breakpoint be set at this instruction? */
bool trap_breaks(lk_u64 pc);
/*
 * Call call(arg) without steps: at() is called once, before the nth execution of the instruction at
 * `pc`, if it comes to that. A breakpoint is there until then; other threads that come there, which
 * must not block SIGTRAP, wait. Returns false, and does nothing, if none can be set there.
 */
bool trap_run_to(struct trap *t, lk_u64 pc, unsigned long nth, int (*call)(void *arg), void *arg);

#endif /* LATCHKIT_USER_VERIFY_CORE_TRAP_H */
