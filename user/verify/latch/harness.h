/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * harness.h - one latch, two tracees that can be stopped between any two instructions,
 * and the checker itself, which reads and writes the same latch at an instant, as an NMI would.
 */
#ifndef LATCHKIT_USER_VERIFY_LATCH_HARNESS_H
#define LATCHKIT_USER_VERIFY_LATCH_HARNESS_H

#include "verify/latch/tracee.h"
#include "verify/core/verdict.h"
#include "verify/latch/oracle.h"

#define HARNESS_LATCH_WORDS 512
#define HARNESS_GUARD_WORDS 64

/* An operation that ends at all ends within this many of its own instructions. */
#define HARNESS_STEPS_MAX 20000

/* What a tracee does. */
enum harness_role { HARNESS_WRITE, HARNESS_READ, HARNESS_ROLES };
/* What the latch went through before. */
enum harness_past { HARNESS_NEW, HARNESS_USED, HARNESS_PASTS };

/* All memory that is shared. */
struct harness_memory {
	lk_u64 latch[HARNESS_LATCH_WORDS + HARNESS_GUARD_WORDS] __attribute__((aligned(64)));
	lk_u64 records[2][VERIFY_WORDS_MAX + HARNESS_GUARD_WORDS];
	struct tracee_call calls[2];
	unsigned char stacks[2][TRACEE_STACK] __attribute__((aligned(64)));
};

struct harness {
	struct verify_verdict *verdict;
	const struct verify_code *code;
	const struct verify_size *size;
	bool accumulate;
	lk_u64 seed;
	lk_u64 tries; /* of a tracee that reads */
	bool quiet; /* do not count what the checker reads and writes */
	struct harness_memory *memory;
	struct tracee tracees[2];
	struct oracle oracle;
	/* The first thing that went wrong since harness_clear(); one not expected of the latch if
	 * there is any. */
	enum verify_kind fault;
	lk_u64 fault_pc; /* where tracee 0 was */
	char said[sizeof(((struct oracle *)0)->said)];
};

/* A state that can be put back: the memory, the oracle and the tracees. */
struct harness_point {
	struct harness_memory memory;
	struct oracle oracle;
	struct tracee_state states[2];
};

/* Open it; on failure the check is skipped with the reason, and false returned. */
bool harness_open(struct harness *s, const struct verify_options *options,
		  struct verify_verdict *v);
void harness_close(struct harness *s);
/*
 * Do operations end when they are stepped, and nobody disturbs them? Not where atomic operations
 * are pairs of load-exclusive and store-exclusive, which a step in between makes fail. Returns
 * false if not: the check is skipped.
 */
bool harness_can_step(struct harness *s);

/*
 * Choose a workload and size and begin anew. After HARNESS_NEW the latch is all zero; after
 * HARNESS_USED it has taken many writes, some of them at once.
 */
void harness_begin(struct harness *s, bool accumulate, const struct verify_size *size,
		   enum harness_past past);
/* Run tracee `who` up to the first instruction of a write or read. */
void harness_enter(struct harness *s, int who, enum harness_role role);
/* Execute one instruction of it. Returns false at the return: then call harness_end(). */
bool harness_step(struct harness *s, int who);
/* Let it run to its end and judge what it returned. */
void harness_end(struct harness *s, int who);
/* Let it run to its end, whatever it returns. */
void harness_leave(struct harness *s, int who);

/* The checker reads and writes. Each is judged. They return false if given up or refused. */
bool harness_read(struct harness *s);
bool harness_write(struct harness *s);
/* 'R' and 'W' for each of these. */
void harness_act(struct harness *s, const char *act);
/* At the end: all is as the oracle says, nothing outside the latch was stored to. */
void harness_final(struct harness *s);

/* Keep and put back everything; of the tracees only those in the set, a bit for each. */
void harness_save(const struct harness *s, struct harness_point *point, unsigned int set);
void harness_load(struct harness *s, const struct harness_point *point, unsigned int set);

/* Forget faults. */
void harness_clear(struct harness *s);
/* Fill in what is known here of the fault: workload, words, and the site: where tracee 0 was, or,
 * if that is not in the latch, `pc`. s->said is what was read. */
void harness_describe(const struct harness *s, lk_u64 pc, struct verify_failure *f);
const char *harness_role_name(const struct harness *s, enum harness_role role);

#endif /* LATCHKIT_USER_VERIFY_LATCH_HARNESS_H */
