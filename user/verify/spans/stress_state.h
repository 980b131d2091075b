/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stress_state.h - a table in which threads start and end the same keys while another one reads it,
 * for the check stress.
 */
#ifndef LATCHKIT_USER_VERIFY_SPANS_STRESS_STATE_H
#define LATCHKIT_USER_VERIFY_SPANS_STRESS_STATE_H

#include <pthread.h>

#include "verify/core/verdict.h"
#include "verify/spans/code.h"

#define STRESS_WRITERS 2
/* Keys that all writers start and end; then one for each writer alone, one that the first writer
 * starts and the second one ends, and one that is there all the time. */
#define STRESS_SHARED 40
#define STRESS_OWN STRESS_SHARED
#define STRESS_HANDED (STRESS_OWN + STRESS_WRITERS)
#define STRESS_RESIDENT (STRESS_HANDED + 1)
#define STRESS_KEYS (STRESS_RESIDENT + 1)
/* Operations of each writer in a round, and starts of all of them at most. */
#define STRESS_OPERATIONS 4000
#define STRESS_STARTS 65536

struct stress {
	struct verify_verdict *verdict;
	const struct spans_code *code;
	const struct spans_size *size;
	struct spans_table table;
	lk_u64 seed;
	lk_u64 keys[STRESS_KEYS][SPANS_MAX_KEY_WORDS], hashes[STRESS_KEYS];
	lk_u64 numbered; /* starts of this round: the time of a start is its number */
	lk_u64 taken[STRESS_STARTS]; /* how often each of them was */
	lk_u64 handed; /* the start that waits for the second writer; 0: none */
	lk_u64 ready, ended; /* writers that are about to begin, and through with this round */
	lk_u64 stop;
	pthread_barrier_t begins;
	enum verify_kind
		kind; /* the first thing that went wrong, as the reader or main thread saw */
	char said[160];
};

#endif /* LATCHKIT_USER_VERIFY_SPANS_STRESS_STATE_H */
