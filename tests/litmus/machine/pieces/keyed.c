/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who claims a place of a keyed table, who looks a key up and who reads the table, as functions of
 * their own, for the proofs to disassemble. One bucket of one place, a key of one word.
 */
#define inline inline __attribute__((always_inline))
#define KEYED_WAYS 1
#define KEYED_ALIGN 1
#include "latchkit/keyed.h"

#define FINGERPRINT 7

struct world {
	lk_u64 fingerprint, key, latch;
};

static const lk_u64 one[] = {1};

int piece_keyed_claim(struct world *w)
{
	return keyed_claim(&w->fingerprint, one, 1, 1, FINGERPRINT) ? -1 : 0;
}

int piece_keyed_find(struct world *w)
{
	return keyed_holds(&w->fingerprint, 0, one, 1, 1, FINGERPRINT) ? 0 : -1;
}

int piece_keyed_read(struct world *w)
{
	const struct keyed_table t = {
		.words = &w->fingerprint, .buckets = 1, .key_words = 1, .latch_words = 1};
	lk_u64 key;

	return keyed_key(&t, 0, &key) ? (int)key : -1;
}
