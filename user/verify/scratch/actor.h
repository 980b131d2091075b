/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * actor.h - who claims a buffer, holds it and releases it, and is stopped before any machine
 * instruction of that, while others go on: as preempted programs are, not only as interrupts nest.
 * Each actor has a stack of its own; all are of one thread, which runs one of them at a time.
 */
#ifndef LATCHKIT_USER_VERIFY_SCRATCH_ACTOR_H
#define LATCHKIT_USER_VERIFY_SCRATCH_ACTOR_H

#include <ucontext.h>

#include "verify/core/trap.h"
#include "verify/scratch/code.h"

#define ACTOR_STACK_BYTES (64 * 1024)
/* An operation that ends at all ends within this many of its instructions. */
#define ACTOR_MAX_STEPS 512

/* The instructions of an operation. */
struct actor_path {
	unsigned long steps;
	lk_u64 pc[ACTOR_MAX_STEPS]; /* of each instruction */
	unsigned long nth[ACTOR_MAX_STEPS]; /* how often it was come to by then */
};

/* In this order. Who is refused goes from the first to the last. */
enum actor_state { ACTOR_CLAIMS, ACTOR_HOLDS, ACTOR_RELEASES, ACTOR_DONE };

struct actor {
	const struct scratch_code *code;
	struct scratch_pool *pool;
	enum actor_state state;
	bool stopped; /* before an instruction */
	void *bytes; /* that it claimed; NULL: it was refused */
	lk_u64 which;
	/* Private: */
	ucontext_t context, *director;
	struct trap trap;
	struct actor_path *path;
	long stop;
	bool began;
	char stack[ACTOR_STACK_BYTES] __attribute__((aligned(16)));
};

/* Begin anew: it has done nothing yet. */
void actor_init(struct actor *a, const struct scratch_code *code, struct scratch_pool *pool);
/*
 * Let it go on to the next of these: the end of its claim, where it holds; the end of its release.
 */
void actor_advance(struct actor *a);
/* The same, of one that is not stopped; its instructions are noted. */
void actor_follow(struct actor *a, struct actor_path *path);
/* The same, but it stops before that instruction of the path. Returns false if it never came there.
 */
bool actor_stop(struct actor *a, struct actor_path *path, unsigned long boundary);

#endif /* LATCHKIT_USER_VERIFY_SCRATCH_ACTOR_H */
