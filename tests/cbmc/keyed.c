/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two writers look up, and so make, a place of their key, both keys of one hash, in one bucket. A
 * reader looks at a place, twice. Both words of each key are its number, so that a key of unequal
 * words is torn. SAME_KEY: both writers have one key.
 * Bounds: 2 writers x 1 key of 2 words, 1 bucket of 2 places, 2 reads of a place.
 */
#include "memory.h"

#define KEYED_WAYS 2
#define KEYED_ALIGN 1
#include <latchkit/keyed.h>

#define KEY_WORDS 2
#define LATCH_WORDS 1
#define HASH 4

static const struct keyed_table table = {
	.words = memory, .buckets = 1, .key_words = KEY_WORDS, .latch_words = LATCH_WORDS};
#ifdef SAME_KEY
static const lk_u64 keys[][KEY_WORDS] = {{1, 1}, {1, 1}};
#else
static const lk_u64 keys[][KEY_WORDS] = {{1, 1}, {2, 2}};
#endif

static unsigned long place[2]; /* word of the latch; 0: not yet */

void *memory_known(memory_word address)
{
	(void)address;
	return 0;
}

static void writer(unsigned int who)
{
	int made;
	lk_u64 *latch = keyed_latch(memory, memory, keys[who], KEY_WORDS, LATCH_WORDS, HASH, &made);

	place[who] = latch ? memory_index(latch) : MEMORY_WORDS;
}

static void reader(void)
{
	lk_u64 key[KEY_WORDS], again[KEY_WORDS];
	unsigned int at;

	__CPROVER_assume(at < KEYED_WAYS);
	__CPROVER_assert(place[0] != MEMORY_WORDS, "room: for the first writer");
	__CPROVER_assert(place[1] != MEMORY_WORDS, "room: for the second writer");
#ifndef SAME_KEY
	__CPROVER_assert(!place[0] || place[0] != place[1], "one key: both got the same place");
#endif
	if (!keyed_key(&table, at, key))
		return;
	__CPROVER_assert(key[0] == key[1], "whole: the words are of different keys");
	__CPROVER_assert(key[0] != 0, "whole: the key is not there yet");
	__CPROVER_assert(at != 1, "reach: a key in the second place");
	if (keyed_key(&table, at, again))
		__CPROVER_assert(again[0] == key[0], "one key: the place had another before");
}

int main(void)
{
__CPROVER_ASYNC_1:
	writer(0);
__CPROVER_ASYNC_2:
	writer(1);
__CPROVER_ASYNC_3:
	reader();
	return 0;
}
