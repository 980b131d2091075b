/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tracee.h - a child process that runs one operation of a latch, instruction by instruction,
 * or is stopped between two of them for as long as we like, by ptrace.
 *
 * All of its memory that matters is shared with us: the latch, its record, its stack. So its state
 * is a copy of that memory and of its registers, and can be put back. It has no memory of its own
 * that an operation uses.
 */
#ifndef LATCHKIT_USER_VERIFY_LATCH_TRACEE_H
#define LATCHKIT_USER_VERIFY_LATCH_TRACEE_H

#include <stdbool.h>
#include <sys/types.h>

#include "verify/latch/code.h"

#define TRACEE_STACK 16384
/* Enough for the vector registers of any machine known; a longer state is refused. */
#define TRACEE_VECTOR 16384

/* What it does; in shared memory. */
struct tracee_call {
	verify_call_fn *function;
	lk_u64 *latch, *record;
	lk_u64 argument;
	int result; /* once it has returned */
	int error; /* errno: it cannot be traced */
};

struct tracee {
	pid_t pid; /* 0: none */
	struct tracee_call *call;
	lk_u64 pc; /* the instruction that comes next */
	lk_u64 returns_to; /* where the operation returns to */
	bool parked; /* between two operations */
};

/* Registers, as the kernel hands them out. */
struct tracee_state {
	struct tracee self;
	size_t vector_size;
	unsigned char general[512] __attribute__((aligned(16)));
	unsigned char vector[TRACEE_VECTOR] __attribute__((aligned(64)));
};

/*
 * Start it, with a stack of TRACEE_STACK bytes in shared memory. It dies with this process.
 * Returns NULL, or why it cannot be traced here.
 */
const char *tracee_start(struct tracee *p, struct tracee_call *call, void *stack);
void tracee_stop(struct tracee *p);

/*
 * All of these need a tracee that runs; when it is gone or crashes, they end the check by
 * verify_give_up().
 */

/* Go from parked to the first instruction of the operation in p->call. */
void tracee_enter(struct tracee *p);
/* Execute one instruction of the operation. Returns false when it has returned. */
bool tracee_step(struct tracee *p);
/* Let it run until the operation has returned and it is parked. Returns the result. */
int tracee_finish(struct tracee *p);
/* Keep its registers, put them back: the caller does the same to the shared memory. */
void tracee_save(const struct tracee *p, struct tracee_state *state);
void tracee_load(struct tracee *p, const struct tracee_state *state);

#endif /* LATCHKIT_USER_VERIFY_LATCH_TRACEE_H */
