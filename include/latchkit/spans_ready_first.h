/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * spans_ready_first.h - a counterexample: a table of spans.h whose starts mark their place ready
 * when they claim it, and write the key and the value afterwards.
 *
 * It saves a store, and starts that are put into a hash map by key alone, their value filled in
 * place, are published so. Whoever comes between the claim and the last word finds a start that is
 * not there yet: of another key, or with the time of an older one. Never use it. All but
 * spans_start() is spans.h's.
 *
 *   word, bits 0-1   the place is
 *   0                free
 *   2                ready, says the table, while its start is being written
 *
 * Progress   wait-free, as spans.h
 * Interrupts nobody may interrupt a start
 */
#ifndef LATCHKIT_SPANS_READY_FIRST_H
#define LATCHKIT_SPANS_READY_FIRST_H

#include "spans.h"

/* Claim a free place of a bucket, ready at once. Returns 0, or -SPANS_ENOSPC. */
static LK_INLINE int spans_ready_first_claim(lk_u64 *bucket, const lk_u64 *key,
					     unsigned int key_words, const lk_u64 *value,
					     unsigned int value_words, lk_u64 tag)
{
	for (unsigned int i = 0; i < SPANS_WAYS; i++) {
		lk_u64 *cell = keyed_cell(bucket, i, key_words, value_words);
		lk_u64 word = order_load_relaxed(bucket + i), claimed = spans_claimed(word, tag);

		/* Relaxed: no order would help. */
		if ((word & SPANS_STATE) ||
		    order_cmpxchg_relaxed(bucket + i, word, spans_turned(claimed)) != word)
			continue;
		KEYED_EACH_WORD(w, key_words, order_store_relaxed(cell + w, key[w]));
		SPANS_EACH_WORD (w, value_words)
			order_store_relaxed(cell + key_words + w, value[w]);
		return 0;
	}
	return -SPANS_ENOSPC;
}

/* Put a start under a key: as spans_start(), which see. */
static LK_INLINE int spans_ready_first_start(lk_u64 *first, lk_u64 *second, const lk_u64 *key,
					     unsigned int key_words, const lk_u64 *value,
					     unsigned int value_words, lk_u64 hash)
{
	lk_u64 tag = spans_tag(hash), word, *bucket = first;
	unsigned int place = 0;

	word = spans_own_same(bucket, key, key_words, value_words, tag, &place);
	if (!word) {
		bucket = second;
		word = spans_own_same(bucket, key, key_words, value_words, tag, &place);
	}
	if (word) {
		spans_write(bucket, keyed_any_place(place, hash), key, key_words, value,
			    value_words, word);
		return 1;
	}
	if (!spans_ready_first_claim(first, key, key_words, value, value_words, tag))
		return 0;
	return spans_ready_first_claim(second, key, key_words, value, value_words, tag);
}

#endif /* LATCHKIT_SPANS_READY_FIRST_H */
