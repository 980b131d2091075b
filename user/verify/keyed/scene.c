// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scene.c - see verify/keyed/scene.h. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "verify/keyed/scene.h"

#define PATTERN 0x5a5a5a5a5a5a5a5aULL
/* A read is disturbed by nobody: everybody else stands still, and not in a write of a record. */
#define TRIES 2

void scene_fault(struct scene *s, enum verify_kind kind, const char *format, ...)
{
	va_list args;

	if (s->fault &&
	    !(verify_expects(s->verdict, s->fault) && !verify_expects(s->verdict, kind)))
		return;
	s->fault = kind;
	va_start(args, format);
	vsnprintf(s->said, sizeof(s->said), format, args);
	va_end(args);
}

/* -- before ----------------------------------------------------------------------------------- */

static void make_keys(struct scene *s, const struct keyed_size *size)
{
	if (s->size == size)
		return;
	s->size = size;
	s->table = (struct keyed_table){.words = s->memory,
					.buckets = SCENE_BUCKETS,
					.key_words = size->key_words,
					.latch_words = KEYED_LATCH,
					.seed = s->seed};
	for (unsigned int i = 0; i < SCENE_KEYS; i++) {
		struct scene_key *key = &s->keys[i];

		key_make(key->words, size->key_words, i, s->seed);
		key->hash = keyed_hash(key->words, size->key_words, s->seed);
		key->buckets[0] = keyed_bucket(&s->table, keyed_first(key->hash, SCENE_BUCKETS));
		key->buckets[1] = keyed_bucket(&s->table, keyed_second(key->hash, SCENE_BUCKETS));
	}
}

static size_t used_words(const struct scene *s)
{
	return SCENE_BUCKETS * keyed_bucket_words(s->table.key_words, s->table.latch_words);
}

/* Count that key in that bucket, whichever it would choose. */
static void put(struct scene *s, unsigned int number, lk_u64 *bucket)
{
	struct scene_find f;

	scene_before(s, &f, number);
	f.latch =
		s->size->find(bucket, bucket, s->keys[number].words, s->keys[number].hash, &f.made);
	scene_after(&f);
}

void scene_begin(struct scene *s, const struct keyed_size *size, unsigned int first,
		 unsigned int second)
{
	make_keys(s, size);
	s->fault = VERIFY_NONE;
	memset(s->memory, 0, used_words(s) * sizeof(s->memory[0]));
	for (unsigned int i = 0; i < SCENE_GUARD_WORDS; i++)
		s->memory[used_words(s) + i] = PATTERN;
	for (unsigned int i = 0; i < SCENE_KEYS; i++)
		s->keys[i].counted = s->keys[i].made = s->keys[i].under_way = 0;
	for (unsigned int i = 0; i < first + second; i++)
		put(s, 2 + i, s->keys[0].buckets[i >= first]);
}

/* -- counting --------------------------------------------------------------------------------- */

void scene_before(struct scene *s, struct scene_find *f, unsigned int key)
{
	*f = (struct scene_find){.scene = s, .key = key, .was_there = s->keys[key].made > 0};
	s->keys[key].under_way++;
}

int scene_find(void *find)
{
	struct scene_find *f = find;
	const struct scene_key *key = &f->scene->keys[f->key];

	f->latch = f->scene->size->find(key->buckets[0], key->buckets[1], key->words, key->hash,
					&f->made);
	return 0;
}

struct path_operation scene_operation(struct scene_find *f)
{
	return (struct path_operation){(uintptr_t)f->scene->size->find, scene_find, f,
				       f->scene->memory, SCENE_WORDS};
}

bool scene_open(struct verify_verdict *v)
{
	const struct keyed_code *code = v->subject->self;

	if (!path_open(v))
		return false;
	for (size_t i = 0; i < code->sizes_count; i++)
		if (!path_breaks(v, (uintptr_t)code->sizes[i].find))
			return false;
	return true;
}

static lk_u64 fingerprint_at(const struct scene *s, unsigned int at)
{
	return order_load_relaxed(keyed_bucket(&s->table, at / KEYED_WAYS) + at % KEYED_WAYS);
}

unsigned int scene_room(const struct scene *s)
{
	unsigned int room = 0;

	for (unsigned int at = 0; at < SCENE_PLACES; at++)
		room += !fingerprint_at(s, at);
	return room;
}

unsigned int scene_ready(const struct scene *s)
{
	unsigned int ready = 0;

	for (unsigned int at = 0; at < SCENE_PLACES; at++)
		ready += (fingerprint_at(s, at) & KEYED_READY) != 0;
	return ready;
}

/* Is it the latch of a place that has this key? */
static bool is_latch_of(const struct scene *s, const lk_u64 *latch, unsigned int key)
{
	lk_u64 words[KEYED_MAX_KEY_WORDS];

	for (unsigned int at = 0; at < SCENE_PLACES; at++)
		if (keyed_latch_at(&s->table, at) == latch)
			return keyed_key(&s->table, at, words) &&
			       memcmp(words, s->keys[key].words,
				      s->table.key_words * sizeof(words[0])) == 0;
	return false;
}

static void judge_find(struct scene *s, const struct scene_find *f)
{
	const struct scene_key *key = &s->keys[f->key];

	if (!f->latch && scene_room(s))
		scene_fault(s, VERIFY_REFUSED, "key %u found no room, though %u places are free",
			    f->key, scene_room(s));
	if (f->latch && !is_latch_of(s, f->latch, f->key))
		scene_fault(s, VERIFY_MIXED,
			    "key %u was given the latch of another key, or of none", f->key);
	if (f->was_there && (f->made || !f->latch))
		scene_fault(s, VERIFY_WRONG, "key %u was there, and was not found", f->key);
	if (f->latch && !f->was_there && !f->made && !key->made && !key->under_way)
		scene_fault(s, VERIFY_WRONG, "key %u was not there, and was found", f->key);
}

void scene_after(struct scene_find *f)
{
	struct scene *s = f->scene;
	struct scene_key *key = &s->keys[f->key];

	key->under_way--;
	judge_find(s, f);
	if (!f->latch)
		return;
	key->made += f->made != 0;
	if (latch_accumulate(f->latch, KEYED_RECORD, key_apply, &key->words[0]))
		scene_fault(s, VERIFY_REFUSED, "the record of key %u refused a lone write", f->key);
	else
		key->counted++;
}

bool scene_count(struct scene *s, unsigned int key)
{
	struct scene_find f;

	scene_before(s, &f, key);
	scene_find(&f);
	scene_after(&f);
	return f.latch;
}

unsigned int scene_fill(struct scene *s)
{
	unsigned int found = 0;

	for (unsigned int key = 2; key < SCENE_KEYS; key++) {
		if (s->keys[key].made)
			continue;
		if (!scene_count(s, key))
			break;
		found++;
	}
	return found;
}

/* -- reading ---------------------------------------------------------------------------------- */

/* Which key is it? Returns SCENE_KEYS if it is nobody's. */
static unsigned int number_of(struct scene *s, unsigned int at, const lk_u64 *key)
{
	unsigned int number = key_number(key), words = s->table.key_words;

	if (!key_is_whole(key, words))
		scene_fault(s, VERIFY_TORN, "place %u is ready: key %#llx ... %#llx, of several",
			    at, key[0], key[words - 1]);
	else if (number >= SCENE_KEYS || key[0] != s->keys[number].words[0])
		scene_fault(s, VERIFY_WRONG, "place %u is ready with key %#llx, which nobody has",
			    at, key[0]);
	else
		return number;
	return SCENE_KEYS;
}

static void look_at_places(struct scene *s)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS], ready = 0;

	for (unsigned int at = 0; at < SCENE_PLACES; at++) {
		lk_u64 fingerprint = keyed_key(&s->table, at, key);
		unsigned int number = fingerprint ? number_of(s, at, key) : SCENE_KEYS;

		ready += fingerprint != 0;
		if (number < SCENE_KEYS && fingerprint != keyed_fingerprint(s->keys[number].hash))
			scene_fault(s, VERIFY_MIXED, "place %u has another fingerprint than key %u",
				    at, number);
	}
	verify_count(s->verdict, "keys", ready);
}

static void read_key(struct scene *s, unsigned int at, const lk_u64 *key, bool *met)
{
	unsigned int number = number_of(s, at, key), cells;
	lk_u64 count;

	if (number == SCENE_KEYS)
		return;
	if (met[number])
		scene_fault(s, VERIFY_TWICE, "key %u is met twice", number);
	met[number] = true;
	cells = key_read(&s->table, key, at, TRIES, &count);
	verify_count(s->verdict, "reads", cells);
	if (!cells)
		scene_fault(s, VERIFY_TORN, "a record of key %u is not whole", number);
	else if (count != s->keys[number].counted)
		scene_fault(s, VERIFY_LOST, "key %u: %llu counted, %llu read", number,
			    s->keys[number].counted, count);
}

void scene_look(struct scene *s)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS];
	bool met[SCENE_KEYS] = {false};

	look_at_places(s);
	for (unsigned int at = keyed_next(&s->table, 0, key); at < SCENE_PLACES;
	     at = keyed_next(&s->table, at + 1, key))
		read_key(s, at, key, met);
	for (unsigned int i = 0; i < SCENE_KEYS; i++)
		if (s->keys[i].counted && !met[i])
			scene_fault(s, VERIFY_LOST, "key %u was counted and is not met", i);
}

/* -- afterwards ------------------------------------------------------------------------------- */

static unsigned int places_of(const struct scene *s, unsigned int number)
{
	const lk_u64 *key = s->keys[number].words;
	unsigned int n = 0;

	for (unsigned int at = keyed_twin(&s->table, key, 0); at < SCENE_PLACES;
	     at = keyed_twin(&s->table, key, at + 1))
		n++;
	return n;
}

void scene_end(struct scene *s)
{
	scene_look(s);
	if (scene_room(s) + scene_ready(s) != SCENE_PLACES)
		scene_fault(s, VERIFY_LOST, "a place stays claimed, though its writer has ended");
	for (unsigned int i = 0; i < SCENE_KEYS; i++) {
		unsigned int places = places_of(s, i);

		if (places > s->keys[i].made || (!places && s->keys[i].made))
			scene_fault(s, VERIFY_WRONG, "key %u has %u places; it was made %u times",
				    i, places, s->keys[i].made);
	}
	for (unsigned int i = 0; i < SCENE_GUARD_WORDS; i++)
		if (s->memory[used_words(s) + i] != PATTERN)
			scene_fault(s, VERIFY_DAMAGE, "a store behind the table");
}
