// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* stress_reader.c - see verify/keyed/stress_reader.h. */
#include <stdarg.h>
#include <stdio.h>

#include "verify/keyed/stress_reader.h"

void stress_fault(struct stress *s, enum verify_kind kind, const char *format, ...)
{
	va_list args;

	if (s->kind && !(verify_expects(s->verdict, s->kind) && !verify_expects(s->verdict, kind)))
		return;
	s->kind = kind;
	va_start(args, format);
	vsnprintf(s->said, sizeof(s->said), format, args);
	va_end(args);
}

/* Which key is it? Returns STRESS_KEYS if it is nobody's. */
static unsigned int number_of(struct stress *s, const lk_u64 *key)
{
	unsigned int number = key_number(key), words = s->table.key_words;

	if (!key_is_whole(key, words))
		stress_fault(s, VERIFY_TORN, "a place is ready: key %#llx ... %#llx, of several",
			     key[0], key[words - 1]);
	else if (number >= STRESS_KEYS || key[0] != s->keys[number][0])
		stress_fault(s, VERIFY_WRONG, "a place is ready with key %#llx, which nobody has",
			     key[0]);
	else
		return number;
	return STRESS_KEYS;
}

void stress_look(struct stress *s)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS], ready = 0, bad = 0;

	for (unsigned int at = 0; at < keyed_places(&s->table); at++) {
		if (!keyed_key(&s->table, at, key))
			continue;
		ready++;
		bad += number_of(s, key) == STRESS_KEYS;
	}
	verify_count(s->verdict, "keys", ready);
	verify_count(s->verdict, "torn", bad);
}

/* Returns the cells that were read. */
static unsigned int read_key(struct stress *s, unsigned int at, const lk_u64 *key)
{
	unsigned int number = number_of(s, key), cells;
	lk_u64 sum;

	if (number == STRESS_KEYS)
		return 0;
	if (s->met[number] == s->walks)
		stress_fault(s, VERIFY_TWICE, "key %u is met twice in one walk", number);
	s->met[number] = s->walks;
	cells = key_read(&s->table, key, at, STRESS_TRIES, &sum);
	if (!cells) {
		stress_fault(s, VERIFY_TORN,
			     "a record of key %u is not whole, or was not read in %d tries", number,
			     STRESS_TRIES);
		verify_count(s->verdict, "torn", 1);
	}
	if (cells && sum < s->seen[number])
		stress_fault(s, VERIFY_LOST, "the sum of key %u fell from %llu to %llu", number,
			     s->seen[number], sum);
	if (cells)
		s->seen[number] = sum;
	return cells;
}

void stress_walk(struct stress *s)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS], cells = 0;

	s->walks++;
	for (unsigned int at = keyed_next(&s->table, 0, key); at < keyed_places(&s->table);
	     at = keyed_next(&s->table, at + 1, key))
		cells += read_key(s, at, key);
	verify_count(s->verdict, "reads", cells);
	verify_count(s->verdict, "walks", 1);
}
