/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stress_state.h - a table that threads count in while another one reads it, for the check stress.
 */
#ifndef LATCHKIT_USER_VERIFY_KEYED_STRESS_STATE_H
#define LATCHKIT_USER_VERIFY_KEYED_STRESS_STATE_H

#include <pthread.h>

#include "verify/core/verdict.h"
#include "verify/keyed/code.h"

#define STRESS_KEYS 2400
/* The latch lets in twice as many at once: each may be interrupted. */
#define STRESS_WRITERS 2
_Static_assert(2 * STRESS_WRITERS <= LATCH_BANK_WAYS, "no record refuses a write");
/* Of a read of a record. */
#define STRESS_TRIES 1000000

struct stress {
	struct verify_verdict *verdict;
	const struct keyed_size *size;
	struct keyed_table table;
	lk_u64 seed, round;
	lk_u64 (*keys)[KEYED_MAX_KEY_WORDS];
	lk_u64 ready, ended; /* writers that are about to begin, and through with this table */
	lk_u64 stop;
	pthread_barrier_t begins;
	/* The reader's: */
	lk_u64 seen[STRESS_KEYS]; /* the sums, when they were read last */
	lk_u64 met[STRESS_KEYS]; /* the walk in which the key was met last */
	lk_u64 walks;
	enum verify_kind kind; /* the first thing that went wrong */
	char said[160];
};

#endif /* LATCHKIT_USER_VERIFY_KEYED_STRESS_STATE_H */
