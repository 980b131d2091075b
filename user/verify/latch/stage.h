/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stage.h - one latch, two participants that can be stopped between any two instructions,
 * and the checker itself, which reads and writes the same latch at an instant, as an NMI would.
 */
#ifndef LATCHKIT_USER_VERIFY_LATCH_STAGE_H
#define LATCHKIT_USER_VERIFY_LATCH_STAGE_H

#include "verify/latch/participant.h"
#include "verify/core/verdict.h"
#include "verify/latch/oracle.h"

#define STAGE_LATCH_WORDS 512
#define STAGE_GUARD_WORDS 64

/* An operation that ends at all ends within this many of its own instructions. */
#define STAGE_STEPS_MAX 20000

/* What a participant does. */
enum stage_role { STAGE_WRITE, STAGE_READ, STAGE_ROLES };
/* What the latch went through before. */
enum stage_past { STAGE_NEW, STAGE_USED, STAGE_PASTS };

/* All memory that is shared. */
struct stage_memory {
	lk_u64 latch[STAGE_LATCH_WORDS + STAGE_GUARD_WORDS] __attribute__((aligned(64)));
	lk_u64 records[2][VERIFY_WORDS_MAX + STAGE_GUARD_WORDS];
	struct participant_call calls[2];
	unsigned char stacks[2][PARTICIPANT_STACK] __attribute__((aligned(64)));
};

struct stage {
	struct verify_verdict *verdict;
	const struct verify_code *code;
	const struct verify_size *size;
	bool accumulate;
	lk_u64 seed;
	lk_u64 tries; /* of a participant that reads */
	bool quiet; /* do not count what the checker reads and writes */
	struct stage_memory *memory;
	struct participant participants[2];
	struct oracle oracle;
	/* The first thing that went wrong since stage_clear(); one not expected of the latch if
	 * there is any. */
	enum verify_kind fault;
	lk_u64 fault_pc; /* where participant 0 was */
	char said[sizeof(((struct oracle *)0)->said)];
};

/* A state that can be put back: the memory, the oracle and the participants. */
struct stage_point {
	struct stage_memory memory;
	struct oracle oracle;
	struct participant_state states[2];
};

/* Open it; on failure the check is skipped with the reason, and false returned. */
bool stage_open(struct stage *s, const struct verify_options *options, struct verify_verdict *v);
void stage_close(struct stage *s);
/*
 * Do operations end when they are stepped, and nobody disturbs them? Not where atomic operations
 * are pairs of load-exclusive and store-exclusive, which a step in between makes fail. Returns
 * false if not: the check is skipped.
 */
bool stage_can_step(struct stage *s);

/*
 * Choose a workload and size and begin anew. After STAGE_NEW the latch is all zero; after
 * STAGE_USED it has taken many writes, some of them at once.
 */
void stage_begin(struct stage *s, bool accumulate, const struct verify_size *size,
		 enum stage_past past);
/* Participant `who` goes to the first instruction of a write or read. */
void stage_enter(struct stage *s, int who, enum stage_role role);
/* It executes one instruction. Returns false when it has returned; stage_end() is due. */
bool stage_step(struct stage *s, int who);
/* Let it run to its end and judge what it returned. */
void stage_end(struct stage *s, int who);
/* Let it run to its end, whatever it returns. */
void stage_leave(struct stage *s, int who);

/* The checker reads and writes. Each is judged. They return false if given up or refused. */
bool stage_read(struct stage *s);
bool stage_write(struct stage *s);
/* 'R' and 'W' for each of these. */
void stage_act(struct stage *s, const char *act);
/* At the end: all is as the oracle says, nothing outside the latch was stored to. */
void stage_final(struct stage *s);

/* Keep and put back everything; of the participants only those in the set, a bit for each. */
void stage_save(const struct stage *s, struct stage_point *point, unsigned int set);
void stage_load(struct stage *s, const struct stage_point *point, unsigned int set);

/* Forget faults. */
void stage_clear(struct stage *s);
/* Fill in what is known here of the fault: workload, words, what was read, and the site: where
 * participant 0 was, or, if that is not in the latch, `pc`. */
void stage_describe(const struct stage *s, lk_u64 pc, struct verify_failure *f);
const char *stage_role_name(const struct stage *s, enum stage_role role);

#endif /* LATCHKIT_USER_VERIFY_LATCH_STAGE_H */
