/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A start is put, or one is there and another one comes; who ends its key, and who else ends it or
 * reads the table. Both words of each value are the same number, so that a value of unequal words
 * is torn. ONCE: two ends beside a start. Else: a start is there, and beside an end and a reader
 * comes the next one, of the same key, or with OTHER_KEY of another one of the same hash.
 * Bounds: 1 bucket of 1 place, keys of 1 word, values of 2, 1 operation of each thread.
 */
#include "memory.h"

#define KEYED_WAYS 1
#define KEYED_ALIGN 1
#include <latchkit/spans.h>

#define KEY_WORDS 1
#define VALUE_WORDS 2
#define HASH 4

static const struct spans_table table = {
	.words = memory, .buckets = 1, .key_words = KEY_WORDS, .value_words = VALUE_WORDS};
static const lk_u64 key[] = {1}, other_key[] = {2};
static const lk_u64 first[] = {1, 1}, next[] = {2, 2};
static int taken; /* by the first end */

void *memory_known(memory_word address)
{
	(void)address;
	return 0;
}

/* As spans_start(), in one bucket. */
static int start(const lk_u64 *of, const lk_u64 *value)
{
	unsigned int place = 0;
	lk_u64 tag = spans_tag(HASH), word;
	int restarted = 1;

	word = spans_own_same(memory, of, KEY_WORDS, VALUE_WORDS, tag, &place);
	if (!word) {
		restarted = 0;
		word = spans_own_free(memory, tag, &place);
	}
	if (!word)
		return -SPANS_ENOSPC;
	spans_write(memory, place, of, KEY_WORDS, value, VALUE_WORDS, word);
	return restarted;
}

/* As spans_end(), in one bucket. */
static int end(const lk_u64 *of, lk_u64 *value)
{
	struct spans_taken of_key = {.count = 0};

	spans_take(memory, memory, 0, of, KEY_WORDS, VALUE_WORDS, HASH, &of_key);
	return spans_leave(memory, memory, &of_key, KEY_WORDS, value, VALUE_WORDS);
}

static void put(const lk_u64 *of, const lk_u64 *value)
{
	int result = start(of, value);

#ifdef ONCE
	__CPROVER_assert(result == 0, "room: there was none for the start");
#elif defined(OTHER_KEY)
	__CPROVER_assert(result != 1, "replaced: a start of another key");
	__CPROVER_assert(result != 0, "reach: the place was free again");
#else
	__CPROVER_assert(result != 1, "reach: the start was replaced");
	__CPROVER_assert(result != 0, "reach: the start came to the free place");
#endif
}

/* Returns how many were taken. */
static int take(void)
{
	lk_u64 value[VALUE_WORDS];
	int n = end(key, value);

	__CPROVER_assert(n == 0 || n == 1, "once: more starts were taken than are there");
	if (!n)
		return 0;
	__CPROVER_assert(value[0] == value[1], "whole: the words are of different starts");
	__CPROVER_assert(value[0] != 0, "whole: the start is not there yet");
#ifdef OTHER_KEY
	__CPROVER_assert(value[0] == 1, "key: the start of another key was taken");
#endif
	__CPROVER_assert(value[0] != 1, "reach: the first start was taken");
#if !defined(ONCE) && !defined(OTHER_KEY)
	__CPROVER_assert(value[0] != 2, "reach: the next start was taken");
#endif
	return n;
}

#ifdef ONCE
static void take_first(void)
{
	taken = take();
}

static void take_second(void)
{
	int mine = take();

	__CPROVER_assert(!mine || !taken, "once: a start was taken twice");
}

MEMORY_MAIN(, put(key, first), take_first(), take_second())
#else
static void read(void)
{
	lk_u64 of[KEY_WORDS], value[VALUE_WORDS];

	if (!spans_copy(&table, 0, of, value))
		return;
	__CPROVER_assert(value[0] == value[1], "whole: the words are of different starts");
	__CPROVER_assert(value[0] != 0, "whole: the start is not there yet");
#ifdef OTHER_KEY
	__CPROVER_assert(of[0] == value[0], "key: it is that of another start");
#else
	__CPROVER_assert(of[0] == 1, "key: it is not there yet");
#endif
	__CPROVER_assert(value[0] != 1, "reach: the first start was met");
	__CPROVER_assert(value[0] != 2, "reach: the next start was met");
}

/* The first start is there. */
static void prepare(void)
{
	memory_value[0] = spans_turned(spans_claimed(0, spans_tag(HASH)));
	memory_value[1] = key[0];
	memory_value[2] = first[0];
	memory_value[3] = first[1];
}

#ifdef OTHER_KEY
MEMORY_MAIN(prepare(), put(other_key, next), take(), read())
#else
MEMORY_MAIN(prepare(), put(key, next), take(), read())
#endif
#endif
