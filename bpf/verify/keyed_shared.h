/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keyed_shared.h - keys and records of a table with related fields, for checks and tests of keyed.h
 * in programs and in user space: each word of a key follows from its first, and each word of a
 * record from its first and the key's, so that what is put together from two shows.
 */
#ifndef LATCHKIT_BPF_VERIFY_KEYED_SHARED_H
#define LATCHKIT_BPF_VERIFY_KEYED_SHARED_H

#define LATCH_VARIANT bank
#include <latchkit/keyed.h>

/* Words of a record, and of its latch. */
#define KEYED_RECORD 4
#define KEYED_LATCH latch_accumulate_words(KEYED_RECORD)

/* Keys of one table are numbered, below this. */
#define KEY_NUMBERS 4096

static LK_INLINE lk_u64 key_word(lk_u64 first, unsigned int i)
{
	return first + i * 0x9e3779b97f4a7c15ULL;
}

/* Write the words of key `number`; the first one tells the number. Never 0. */
static LK_INLINE void key_make(lk_u64 *key, unsigned int words, lk_u64 number, lk_u64 seed)
{
	lk_u64 first =
		(keyed_mix(keyed_mix(seed ^ number)) | KEY_NUMBERS) / KEY_NUMBERS * KEY_NUMBERS +
		number;

	for (unsigned int i = 0; i < words; i++)
		key[i] = key_word(first, i);
}

static LK_INLINE unsigned int key_number(const lk_u64 *key)
{
	return (unsigned int)(key[0] % KEY_NUMBERS);
}

static LK_INLINE int key_is_whole(const lk_u64 *key, unsigned int words)
{
	for (unsigned int i = 1; i < words; i++)
		if (key[i] != key_word(key[0], i))
			return 0;
	return 1;
}

/* Count once: the delta is the first word of the key. */
static LK_INLINE void key_apply(lk_u64 *record, const void *first)
{
	lk_u64 count = latch_word_get(record, 0) + 1, of = *(const lk_u64 *)first;

	for (unsigned int i = 0; i < KEYED_RECORD; i++)
		latch_word_set(record, i, i ? count * (of + i) : count);
}

static LK_INLINE void key_merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < KEYED_RECORD; i++)
		into[i] += from[i];
}

static LK_INLINE int key_record_is_whole(const lk_u64 *key, const lk_u64 *record)
{
	for (unsigned int i = 1; i < KEYED_RECORD; i++)
		if (record[i] != record[0] * (key[0] + i))
			return 0;
	return 1;
}

/*
 * Add up the records of a key from place `at` on, each of which must be whole. Returns the number
 * of cells, 0 if one was not; *count: the sum. The reads have as many tries.
 */
static LK_INLINE unsigned int key_read(const struct keyed_table *t, const lk_u64 *key,
				       unsigned int at, unsigned int tries, lk_u64 *count)
{
	lk_u64 record[KEYED_RECORD], scratch[KEYED_RECORD];
	unsigned int cells = 0;

	*count = 0;
	for (unsigned int i = at; i < keyed_places(t); i = keyed_twin(t, key, i + 1)) {
		if (latch_read_sum(keyed_latch_at(t, i), KEYED_RECORD, record, scratch, tries,
				   key_merge) < 0 ||
		    !key_record_is_whole(key, record))
			return 0;
		*count += record[0];
		cells++;
	}
	return cells;
}

#endif /* LATCHKIT_BPF_VERIFY_KEYED_SHARED_H */
