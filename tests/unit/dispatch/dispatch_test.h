/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch_test.h - what the tests of dispatch.h share: every way to replace a handler, threads
 * that call it meanwhile, and contexts that can tell when they are used as they must not be.
 *
 * The oracle: a context knows the number of the handler it belongs to, and is poisoned when it is
 * given back. A handler that finds another number is half of a mixed pair; one that finds poison
 * uses what is freed.
 */
#ifndef LATCHKIT_TESTS_DISPATCH_TEST_H
#define LATCHKIT_TESTS_DISPATCH_TEST_H

#include <latchkit/dispatch.h>

#define RCU_NAME_(flavour, verb) urcu_##flavour##_##verb
#define RCU_NAME(flavour, verb) RCU_NAME_(flavour, verb)
/* The flavour's name of a function of liburcu. */
#define RCU(verb) RCU_NAME(DISPATCH_RCU, verb)

#include "tests/unit/rcu_threads.h"

/* -- ways to replace a handler (ways.c) ------------------------------------------------------- */

/* One slot of each kind; a way uses one of them. */
struct subject {
	struct dispatch_slot slot;
	struct dispatch_slot_posted posted;
	struct dispatch_handler *in_posted;
	void *slots[1];
	struct dispatch_table table;
	lk_u64 swaps, stop; /* of the callers */
};

/* What happened; and what its handler saw. */
struct event {
	lk_u64 calls, mixed, dead;
};

typedef void release_fn(struct dispatch_handler *old);

/* How to call the handler; and how to put in another and have the old one released, as soon as the
 * way allows it. */
extern const struct way {
	const char *name;
	bool (*call)(struct subject *s, struct event *e);
	void (*swap)(struct subject *s, struct dispatch_handler *next, release_fn *release);
} ways[];
/* As published, slot_posted releases at once. */
enum {
	WAY_POSTED,
	WAY_SWAP,
	WAY_SWAP_ASYNC,
	WAY_REPLACE,
	WAY_REPLACE_ASYNC,
	WAY_UNREGISTER,
	WAY_UNREGISTER_ASYNC,
	WAYS
};

/* Let all kinds hold that handler. */
void subject_init(struct subject *s, struct dispatch_handler *first);

/* A thread that calls the handler until it is told to stop. */
struct caller {
	struct subject *subject;
	const struct way *way;
	struct event seen;
	lk_u64 answered; /* calls that found a handler */
	struct thread thread;
};

void callers_start(struct caller *callers, int n, struct subject *s, const struct way *way);
/* Returns when they have ended and all that was to be released is. */
void callers_stop(struct caller *callers, int n);

/* -- contexts (test_dispatch.c) --------------------------------------------------------------- */

#define POISON 0xdeadULL
#define HANDLERS 2

struct context {
	struct dispatch_handler handler;
	lk_u64 number;
	lk_u64 running; /* calls under way */
	lk_u64 calls;
};

/* The function that expects contexts of that number. */
extern dispatch_fn *const numbered[HANDLERS];

/* The next of a ring of contexts, not poisoned: one that was given back long ago. */
struct context *context_new(lk_u64 number);
/* Poison the context of a handler. */
void context_free(struct dispatch_handler *h);

#endif /* LATCHKIT_TESTS_DISPATCH_TEST_H */
