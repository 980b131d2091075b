/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registration.h - handlers' contexts that tell when they are used as they must not be.
 *
 * They come from pools of our own. Whoever takes one and registers it gives it back, or somebody
 * else does, exactly once: then it is poisoned, and for a while not used again. So a call that uses
 * it later shows, without a sanitizer, and so does one given back twice or never.
 *
 *   state      whose it is                                 goes on by
 *   FREE       its pool's; poisoned                        registration_take()
 *   TAKEN      the taker's                                 registration_offer()
 *   OFFERED    the slot's, or about to be                  give_back(), or refused(): FREE
 */
#ifndef LATCHKIT_USER_VERIFY_DISPATCH_REGISTRATION_H
#define LATCHKIT_USER_VERIFY_DISPATCH_REGISTRATION_H

#include <stdbool.h>

#include <latchkit/dispatch.h>

#define REGISTRATION_POISON 0xdeadULL
#define REGISTRATION_FUNCTIONS 4

struct registration {
	lk_u64 handler[6]; /* room for a struct dispatch_handler */
	lk_u64 number; /* of the function that it goes with, or REGISTRATION_POISON */
	lk_u64 serial; /* a different one each time it is taken */
	lk_u64 state;
	lk_u64 running; /* calls under way */
	lk_u64 calls; /* since it was taken */
} __attribute__((aligned(64)));

/* What happened, and what its handler saw. */
struct registration_event {
	lk_u64 calls, mixed, freed;
	lk_u64 serial; /* of the registration that was called last */
	/* What the handler does while it runs; NULL: nothing, for a while. */
	void (*within)(struct registration_event *e);
	void *arg;
};

/* A pool that one thread takes from. */
struct registrations {
	struct registration *all;
	unsigned int count, next;
	lk_u64 serial; /* the next one; of two pools they differ */
};

/* What was given back so far, by all threads. */
struct registration_counts {
	lk_u64 given_back, twice, in_use;
};

/* The function of each number, for a slot or table; its context is a struct registration. */
extern dispatch_fn *const registration_functions[REGISTRATION_FUNCTIONS];
/* What a handler that was given back calls. */
dispatch_fn registration_poisoned;
/* Use a context as the function of that number does. NULL: there is none. */
void registration_use(struct registration *r, struct registration_event *e, lk_u64 number);

/* Make a pool. `who` tells it from others. Returns false without memory. */
bool registrations_open(struct registrations *pool, unsigned int count, unsigned int who);
void registrations_close(struct registrations *pool);
/* Take one that has been free for long. Returns NULL when none is near. */
struct registration *registration_take(struct registrations *pool);
/* Say that it may be given back from now on, by anybody. */
void registration_offer(struct registration *r);
/* It was not put in. Counts it as twice if somebody has given it back nevertheless. */
void registration_refused(struct registration *r);
void registration_give_back(struct registration *r);
/* How many of the pool are neither free nor taken: never given back. */
lk_u64 registrations_lost(const struct registrations *pool);
struct registration_counts registration_counts(void);

#endif /* LATCHKIT_USER_VERIFY_DISPATCH_REGISTRATION_H */
