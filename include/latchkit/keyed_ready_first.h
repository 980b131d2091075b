/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keyed_ready_first.h - a counterexample: a table of keyed.h whose writers mark a place ready when
 * they claim it, and write the key afterwards.
 *
 * Tables are published that claim a place by the hash of its key in one atomic operation, which
 * looks as if it saved a store. Whoever comes between the claim and the last word of the key sees a
 * place that is ready, with a key that nobody has. Never use it. All but keyed_latch() is
 * keyed.h's.
 *
 *   fingerprint        the place is
 *   0                  free
 *   hash, bit 0 set    ready, says the table, while its writer is copying the key
 *
 * Progress   wait-free, as keyed.h
 * Interrupts nobody may interrupt a claim
 */
#ifndef LATCHKIT_KEYED_READY_FIRST_H
#define LATCHKIT_KEYED_READY_FIRST_H

#include "keyed.h"

/* Claim a free place of a bucket for a key. Returns the place, or KEYED_WAYS. */
static LK_INLINE unsigned int keyed_ready_first_claim(lk_u64 *bucket, const lk_u64 *key,
						      unsigned int key_words,
						      unsigned int latch_words, lk_u64 fingerprint)
{
	for (unsigned int place = 0; place < KEYED_WAYS; place++) {
		/* Relaxed: no order would help. */
		if (order_cmpxchg_relaxed(bucket + place, 0, fingerprint))
			continue;
		latch_copy_in(keyed_cell(bucket, place, key_words, latch_words), key, key_words);
		return place;
	}
	return KEYED_WAYS;
}

/* Find the latch of a key, or make it: as keyed_latch(), which see. */
static LK_INLINE lk_u64 *keyed_ready_first_latch(lk_u64 *first, lk_u64 *second, const lk_u64 *key,
						 unsigned int key_words, unsigned int latch_words,
						 lk_u64 hash, int *made)
{
	lk_u64 fingerprint = keyed_fingerprint(hash), *bucket = first;
	unsigned int place;

	place = keyed_find(first, key, key_words, latch_words, fingerprint);
	if (place == KEYED_WAYS) {
		bucket = second;
		place = keyed_find(second, key, key_words, latch_words, fingerprint);
	}
	*made = place == KEYED_WAYS;
	for (unsigned int i = 0; i < 2 && place == KEYED_WAYS; i++) {
		bucket = i ? second : first;
		place = keyed_ready_first_claim(bucket, key, key_words, latch_words, fingerprint);
	}
	if (place >= KEYED_WAYS)
		return 0;
	return keyed_cell(bucket, keyed_any_place(place, hash), key_words, latch_words) + key_words;
}

#endif /* LATCHKIT_KEYED_READY_FIRST_H */
