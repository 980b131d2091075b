/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * design.h - the designs of dispatch.h as tables of functions of one form, each a function of its
 * own, so that checks can step through exactly what a program would run.
 * verify/dispatch/design_rcu.c is compiled once for each flavour of RCU,
 * verify/dispatch/design_posted.c holds what was published, verify/dispatch/design.c collects
 * them.
 */
#ifndef LATCHKIT_USER_VERIFY_DISPATCH_DESIGN_H
#define LATCHKIT_USER_VERIFY_DISPATCH_DESIGN_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "verify/core/verdict.h"
#include "verify/core/trap.h"
#include "verify/dispatch/registration.h"

#define DESIGN_SLOTS 4
/* Words from one slot to the next. */
#define DESIGN_PACKED 1
#define DESIGN_PADDED 8

/* Four slots, or a table of as many. All zero: empty. */
struct design_place {
	void *slots[DESIGN_SLOTS * DESIGN_PADDED] __attribute__((aligned(64)));
	unsigned int stride; /* DESIGN_PACKED or DESIGN_PADDED */
	struct dispatch_slot_posted posted[DESIGN_SLOTS];
	/* What the program put into each of these: the posted slot does not give it back. */
	void *current[DESIGN_SLOTS];
};

/* What an operation takes and gives. */
struct design_request {
	struct design_place *place;
	unsigned int slot;
	struct registration *in; /* to be put in; it was offered */
	struct registration *out; /* given back by the operation: to registration_give_back() */
	struct registration_event *event; /* of handle */
};

/* Returns 0 or a negative errno of dispatch.h. */
typedef int design_call_fn(struct design_request *r);

enum design_operation {
	DESIGN_HANDLE,
	DESIGN_REGISTER,
	DESIGN_REPLACE, /* a slot: swap */
	DESIGN_UNREGISTER, /* a slot: swap with nothing */
	/* The asynchronous ones give back by themselves. */
	DESIGN_REPLACE_ASYNC,
	DESIGN_UNREGISTER_ASYNC,
	DESIGN_OPERATIONS
};

struct design {
	const char *name, *promise;
	const char *soundness; /* sound or posted */
	bool is_table; /* replaces only what is there */
	bool waits_offline; /* a thread that waits is no reader meanwhile */
	design_call_fn *calls[DESIGN_OPERATIONS]; /* NULL: there is none */
	const char *names[DESIGN_OPERATIONS]; /* the functions' names in the symbol table */
	const unsigned char *begin, *end; /* of these functions */
	/* What each thread does: before and after all calls, between calls, around waiting. */
	void (*enter)(void), (*leave)(void), (*quiescent)(void);
	void (*offline)(void), (*online)(void);
	bool (*inside)(void); /* is this thread within a call, so that it may not wait? */
	void (*barrier)(void); /* wait until all asynchronous ones so far have given back */
};

static inline bool design_is_sound(const struct design *d)
{
	return d->soundness[0] == 's';
}

/* The design that a verdict is about. */
static inline const struct design *design_of(const struct verify_verdict *v)
{
	return v->subject->self;
}

/* Does it wait for calls under way? Where a call is under way in the same thread it is refused. */
static inline bool design_waits(const struct design *d, enum design_operation operation)
{
	return design_is_sound(d) &&
	       (operation == DESIGN_REPLACE || operation == DESIGN_UNREGISTER);
}

/* Does it need a registration, to put in? */
static inline bool design_puts_in(enum design_operation operation)
{
	return operation == DESIGN_REGISTER || operation == DESIGN_REPLACE ||
	       operation == DESIGN_REPLACE_ASYNC;
}

/* A word for each operation: handle, register ... */
const char *design_operation_name(enum design_operation operation);
/*
 * The operation of a letter, the asynchronous one if there is: H call, P put in the place of what
 * is there, T take out, I put into an empty slot; and waiting: X as P, S as T.
 */
enum design_operation design_operation(const struct design *d, char letter);
/*
 * Put a registration in, in place of what comes out, which is given back. Returns as the operation
 * does; if that is an error the registration is free again.
 */
int design_put_in(const struct design *d, enum design_operation operation,
		  struct design_place *place, unsigned int slot, struct registration *in);
/* The same with one from the pool. Returns -ENOMEM if none is free. */
int design_put(const struct design *d, enum design_operation operation, struct design_place *place,
	       unsigned int slot, struct registrations *pool);
/* Empty a slot by UNREGISTER or UNREGISTER_ASYNC. */
int design_take(const struct design *d, enum design_operation operation, struct design_place *place,
		unsigned int slot);
int design_handle(const struct design *d, struct design_place *place, unsigned int slot,
		  struct registration_event *event);
/* Empty all slots and wait until everything was given back. */
void design_empty(const struct design *d, struct design_place *place);
/* Is this instruction one of the design's own, and not of a library? */
bool design_has(const struct design *d, lk_u64 address);
/* Write "function+0x12: 48 8b ..." for an address in the design's code or in a library. */
void design_site(const struct design *d, lk_u64 address, char *site, size_t size);

/* A thread that does run(arg) between the design's enter() and leave(). */
struct design_thread {
	const struct design *design;
	void (*run)(void *arg);
	void *arg;
	pthread_t id;
};

/* Start it, as verify_thread() does; `t` must stay until it has been joined. */
void design_thread(struct design_thread *t, const struct design *d, void (*run)(void *arg),
		   void *arg);
/* Do it in such a thread. */
void design_do(const struct design *d, void (*run)(void *arg), void *arg);

/* Step through an operation; its result. */
int design_trapped(struct trap *trap, design_call_fn *call, struct design_request *r);

#endif /* LATCHKIT_USER_VERIFY_DISPATCH_DESIGN_H */
