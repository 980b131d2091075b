/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * participant.h - a child process that runs one operation of a latch, instruction by instruction,
 * or is stopped between two of them for as long as we like, by ptrace.
 *
 * All of its memory that matters is shared with us: the latch, its record, its stack. So its state
 * is a copy of that memory and of its registers, and can be put back. It has no memory of its own
 * that an operation uses.
 */
#ifndef LATCHKIT_USER_VERIFY_LATCH_PARTICIPANT_H
#define LATCHKIT_USER_VERIFY_LATCH_PARTICIPANT_H

#include <stdbool.h>
#include <sys/types.h>

#include "verify/latch/code.h"

#define PARTICIPANT_STACK 16384
/* Enough for the vector registers of any machine known; a longer state is refused. */
#define PARTICIPANT_VECTOR 16384

/* What it does; in shared memory. */
struct participant_call {
	verify_call_fn *function;
	lk_u64 *latch, *record;
	lk_u64 argument;
	int result; /* once it has returned */
	int error; /* errno: it cannot be traced */
};

struct participant {
	pid_t pid; /* 0: none */
	struct participant_call *call;
	lk_u64 pc; /* the instruction that comes next */
	lk_u64 returns_to; /* where the operation returns to */
	bool parked; /* between two operations */
};

/* Registers, as the kernel hands them out. */
struct participant_state {
	struct participant self;
	size_t vector_size;
	unsigned char general[512] __attribute__((aligned(16)));
	unsigned char vector[PARTICIPANT_VECTOR] __attribute__((aligned(64)));
};

/*
 * Start it, with a stack of PARTICIPANT_STACK bytes in shared memory. It dies with this process.
 * Returns NULL, or why it cannot be traced here.
 */
const char *participant_start(struct participant *p, struct participant_call *call, void *stack);
void participant_stop(struct participant *p);

/*
 * All of these need a participant that runs; when it is gone or crashes, they end the check by
 * verify_give_up().
 */

/* Go from parked to the first instruction of the operation in p->call. */
void participant_enter(struct participant *p);
/* Execute one instruction of the operation. Returns false when it has returned. */
bool participant_step(struct participant *p);
/* Let it run until the operation has returned and it is parked. Returns the result. */
int participant_finish(struct participant *p);
/* Keep its registers, put them back: the caller does the same to the shared memory. */
void participant_save(const struct participant *p, struct participant_state *state);
void participant_load(struct participant *p, const struct participant_state *state);

#endif /* LATCHKIT_USER_VERIFY_LATCH_PARTICIPANT_H */
