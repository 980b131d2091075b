// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scene.c - see verify/spans/scene.h. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "verify/spans/scene.h"

#define PATTERN 0x5a5a5a5a5a5a5a5aULL
#define SCENE_TIME 1000000000000ULL

void spans_scene_fault(struct scene *s, enum verify_kind kind, const char *format, ...)
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

bool spans_scene_open(struct verify_verdict *v)
{
	const struct spans_code *code = v->subject->self;

	if (!path_open(v))
		return false;
	for (size_t i = 0; i < code->sizes_count; i++)
		if (!path_breaks(v, (uintptr_t)code->sizes[i].start) ||
		    !path_breaks(v, (uintptr_t)code->sizes[i].end) ||
		    !path_breaks(v, (uintptr_t)code->sizes[i].copy))
			return false;
	return true;
}

/* -- before ------------------------------------------------------------------------------------ */

static void make_keys(struct scene *s, const struct spans_size *size)
{
	if (s->size == size)
		return;
	s->size = size;
	s->table = (struct spans_table){.words = s->memory,
					.buckets = SCENE_BUCKETS,
					.key_words = size->key_words,
					.value_words = size->value_words,
					.seed = s->seed};
	for (unsigned int i = 0; i < SCENE_KEYS; i++) {
		key_make(s->keys[i].words, size->key_words, i, s->seed);
		s->keys[i].hash = keyed_hash(s->keys[i].words, size->key_words, s->seed);
	}
}

static size_t used_words(const struct scene *s)
{
	return SCENE_BUCKETS * spans_bucket_words(s->table.key_words, s->table.value_words);
}

static lk_u64 *bucket_of(struct scene *s, unsigned int key, bool second, unsigned int cpu)
{
	return spans_bucket(&s->table, spans_code_bucket(s->code, SCENE_BUCKETS, s->keys[key].hash,
							 second, cpu));
}

void spans_scene_begin(struct scene *s, const struct spans_size *size, unsigned int first,
		       unsigned int second)
{
	make_keys(s, size);
	s->fault = VERIFY_NONE;
	memset(s->memory, 0, used_words(s) * sizeof(s->memory[0]));
	for (unsigned int i = 0; i < SCENE_GUARD_WORDS; i++)
		s->memory[used_words(s) + i] = PATTERN;
	for (unsigned int i = 0; i < SCENE_KEYS; i++) {
		s->keys[i].starting = s->keys[i].ending = s->keys[i].begun = 0;
		s->keys[i].open = 0;
	}
	memset(s->taken, 0, sizeof(s->taken));
	s->starts = s->begun = s->put = s->full = s->restarted = s->ended = 0;
	for (unsigned int i = 0; i < first + second; i++)
		spans_scene_put(s, 2 + i, i >= first);
}

/* What others have written is read word by word, when everybody stands still. */
static lk_u64 word_at(const struct scene *s, unsigned int at)
{
	return order_load_relaxed(spans_bucket(&s->table, at / SPANS_WAYS) + at % SPANS_WAYS);
}

static unsigned int room_in(const lk_u64 *bucket)
{
	unsigned int room = 0;

	for (unsigned int i = 0; i < SPANS_WAYS; i++)
		room += !(order_load_relaxed(bucket + i) & SPANS_STATE);
	return room;
}

static unsigned int room_of(const struct scene_act *a)
{
	return room_in(a->first) + (a->second == a->first ? 0 : room_in(a->second));
}

/* The number of the start of a value. Returns 0 if it is nobody's. */
static unsigned int number_of(const struct scene *s, const lk_u64 *value)
{
	lk_u64 number = value[0] - SCENE_TIME;

	return number <= s->starts ? (unsigned int)number : 0;
}

/* The starts of a key that are there. *newest: the newest of them; *at: its place. */
static unsigned int there(const struct scene *s, unsigned int key, unsigned int *newest,
			  unsigned int *at)
{
	lk_u64 words[SPANS_MAX_KEY_WORDS], value[SPANS_MAX_VALUE_WORDS];
	unsigned int n = 0;

	*newest = *at = 0;
	for (unsigned int i = 0; i < SCENE_PLACES; i++) {
		if (!spans_copy(&s->table, i, words, value) || words[0] != s->keys[key].words[0])
			continue;
		n++;
		if (number_of(s, value) <= *newest)
			continue;
		*newest = number_of(s, value);
		*at = i;
	}
	return n;
}

void spans_scene_before(struct scene *s, struct scene_act *a, enum scene_kind kind,
			unsigned int key, unsigned int cpu)
{
	struct scene_key *k = &s->keys[key];

	*a = (struct scene_act){.scene = s,
				.kind = kind,
				.key = key,
				.cpu = cpu,
				.first = bucket_of(s, key, false, cpu),
				.second = bucket_of(s, key, true, cpu),
				.alone = !k->starting && !k->ending};
	a->there = there(s, key, &a->start, &a->at);
	if (kind == SCENE_START) {
		a->start = s->starts + 1 < SCENE_STARTS ? ++s->starts : SCENE_STARTS - 1;
		s->key_of[a->start] = (unsigned char)key;
		span_make(a->value, s->table.value_words, k->words, SCENE_TIME + a->start);
	}
	k->starting += kind == SCENE_START;
	k->ending += kind == SCENE_END;
	a->begun_key = k->begun += kind != SCENE_COPY;
	a->begun_all = s->begun += kind != SCENE_COPY;
}

/* -- the operation ----------------------------------------------------------------------------- */

static int act(void *arg)
{
	struct scene_act *a = arg;
	const struct scene *s = a->scene;
	const struct scene_key *k = &s->keys[a->key];

	if (a->kind == SCENE_START)
		a->result = s->size->start(a->first, a->second, k->words, a->value, k->hash);
	else if (a->kind == SCENE_END)
		a->result = s->size->end(a->first, a->second, k->words, a->value, k->hash);
	else
		a->result = s->size->copy(&s->table, a->at, a->found, a->value);
	return 0;
}

struct path_operation spans_scene_operation(struct scene_act *a)
{
	const struct spans_size *size = a->scene->size;
	uintptr_t entry = a->kind == SCENE_START ? (uintptr_t)size->start
			  : a->kind == SCENE_END ? (uintptr_t)size->end
						 : (uintptr_t)size->copy;

	return (struct path_operation){entry, act, a, a->scene->memory, SCENE_WORDS};
}

/* -- after ------------------------------------------------------------------------------------- */

/* Was no other operation of its key, or of any key, under way with it? */
static bool was_alone(const struct scene_act *a)
{
	return a->alone && a->scene->keys[a->key].begun == a->begun_key;
}

static bool was_undisturbed(const struct scene_act *a)
{
	return was_alone(a) && a->scene->begun == a->begun_all;
}

static void judge_start(struct scene_act *a)
{
	struct scene *s = a->scene;

	s->put++;
	s->keys[a->key].open += a->result == 0;
	s->restarted += a->result == 1;
	s->full += a->result == -SPANS_ENOSPC;
	if (a->result != 0 && a->result != 1 && a->result != -SPANS_ENOSPC)
		spans_scene_fault(s, VERIFY_WRONG, "a start returned %d", a->result);
	if (a->result == -SPANS_ENOSPC && was_undisturbed(a) && room_of(a))
		spans_scene_fault(s, VERIFY_REFUSED,
				  "a start of key %u found no room, though %u places are free",
				  a->key, room_of(a));
	if (was_alone(a) && (a->result == 1) != (a->there > 0))
		spans_scene_fault(s, VERIFY_WRONG,
				  "a start of key %u, of which %u were there, returned %d", a->key,
				  a->there, a->result);
	if (a->result < 0 && s->taken[a->start])
		spans_scene_fault(s, VERIFY_WRONG, "a start without room was taken");
}

/* Is it a start that was put under this key? */
static bool is_start(struct scene *s, const char *what, const lk_u64 *key, const lk_u64 *value)
{
	unsigned int number = number_of(s, value), of = key_number(key);

	if (!key_is_whole(key, s->table.key_words) ||
	    !span_is_whole(value, s->table.value_words, key))
		spans_scene_fault(s, VERIFY_TORN, "%s key %#llx, time %llu, of several", what,
				  key[0], value[0]);
	else if (!number || of >= SCENE_KEYS || key[0] != s->keys[of].words[0])
		spans_scene_fault(s, VERIFY_WRONG, "%s key %#llx, time %llu, which nobody put",
				  what, key[0], value[0]);
	else if (s->key_of[number] != of)
		spans_scene_fault(s, VERIFY_MIXED, "%s start %u of key %u under key %u", what,
				  number, s->key_of[number], of);
	else
		return true;
	return false;
}

static void judge_end(struct scene_act *a)
{
	struct scene *s = a->scene;
	unsigned int number;

	if (a->result < 0 || a->result > SCENE_PLACES)
		spans_scene_fault(s, VERIFY_WRONG, "an end returned %d", a->result);
	if (was_alone(a) && (unsigned int)a->result != a->there)
		spans_scene_fault(s, VERIFY_LOST,
				  "an end of key %u, of which %u were there, took %d", a->key,
				  a->there, a->result);
	if (a->result <= 0)
		return;
	s->ended++;
	s->restarted += (unsigned int)a->result - 1;
	s->keys[a->key].open -= a->result;
	if (!is_start(s, "taken:", s->keys[a->key].words, a->value))
		return;
	number = number_of(s, a->value);
	if (s->taken[number])
		spans_scene_fault(s, VERIFY_TWICE, "start %u of key %u was taken twice", number,
				  a->key);
	s->taken[number] = true;
	if (was_alone(a) && number != a->start)
		spans_scene_fault(s, VERIFY_WRONG,
				  "an end of key %u took start %u, not the newest, %u", a->key,
				  number, a->start);
}

static void judge_copy(const struct scene_act *a)
{
	struct scene *s = a->scene;

	verify_count(s->verdict, "copies", a->result != 0);
	if (a->result)
		is_start(s, "met:", a->found, a->value);
	else if (was_alone(a) && a->there)
		spans_scene_fault(s, VERIFY_LOST, "a start of key %u is there, and is not met",
				  a->key);
}

void spans_scene_after(struct scene_act *a)
{
	struct scene_key *k = &a->scene->keys[a->key];

	k->starting -= a->kind == SCENE_START;
	k->ending -= a->kind == SCENE_END;
	if (a->kind == SCENE_START)
		judge_start(a);
	else if (a->kind == SCENE_END)
		judge_end(a);
	else
		judge_copy(a);
}

int spans_scene_do(struct scene *s, enum scene_kind kind, unsigned int key, unsigned int cpu)
{
	struct scene_act a;

	spans_scene_before(s, &a, kind, key, cpu);
	act(&a);
	spans_scene_after(&a);
	return a.result;
}

void spans_scene_put(struct scene *s, unsigned int key, unsigned int bucket)
{
	struct scene_act a;

	spans_scene_before(s, &a, SCENE_START, key, 0);
	a.first = a.second = spans_bucket(&s->table, bucket);
	a.there = 0;
	act(&a);
	spans_scene_after(&a);
}

void spans_scene_fill(struct scene *s, unsigned int cpu)
{
	struct scene_act a;
	unsigned int room, found = 0, key;

	spans_scene_before(s, &a, SCENE_COPY, 2, cpu);
	room = room_of(&a);
	for (key = 2; key < SCENE_KEYS; key++) {
		if (s->keys[key].open)
			continue;
		if (spans_scene_do(s, SCENE_START, key, cpu) < 0)
			break;
		found++;
	}
	if (found != room)
		spans_scene_fault(s, VERIFY_REFUSED, "%u places were free, and %u starts found one",
				  room, found);
}

/* -- reading ----------------------------------------------------------------------------------- */

static void judge_met(struct scene *s, unsigned int key, int met)
{
	const struct scene_key *k = &s->keys[key];
	int starting = (int)k->starting;

	if (met > k->open + starting)
		spans_scene_fault(s, VERIFY_WRONG, "%d starts of key %u are met, of %d", met, key,
				  k->open + starting);
	if (!k->ending && met < k->open - starting)
		spans_scene_fault(s, VERIFY_LOST, "%d starts of key %u are met, of at least %d",
				  met, key, k->open - starting);
}

void spans_scene_look(struct scene *s)
{
	lk_u64 key[SPANS_MAX_KEY_WORDS], value[SPANS_MAX_VALUE_WORDS], copies = 0;
	bool seen[SCENE_STARTS] = {false};
	int met[SCENE_KEYS] = {0};

	for (unsigned int at = spans_next(&s->table, 0, key, value); at < SCENE_PLACES;
	     at = spans_next(&s->table, at + 1, key, value)) {
		unsigned int number;

		copies++;
		if (!is_start(s, "met:", key, value))
			continue;
		number = number_of(s, value);
		if (seen[number] || s->taken[number])
			spans_scene_fault(s, VERIFY_TWICE, "start %u of key %u is met %s", number,
					  key_number(key),
					  seen[number] ? "twice" : "after it was taken");
		seen[number] = true;
		met[key_number(key)]++;
	}
	verify_count(s->verdict, "copies", copies);
	for (unsigned int i = 0; i < SCENE_KEYS; i++)
		judge_met(s, i, met[i]);
}

/* -- afterwards -------------------------------------------------------------------------------- */

void spans_scene_end(struct scene *s)
{
	unsigned int open = 0, newest, at;

	spans_scene_look(s);
	for (unsigned int i = 0; i < SCENE_PLACES; i++)
		if ((word_at(s, i) & SPANS_STATE) == SPANS_OWNED)
			spans_scene_fault(s, VERIFY_LOST,
					  "a place stays owned, though nobody is there");
	for (unsigned int i = 0; i < SCENE_KEYS; i++)
		open += there(s, i, &newest, &at);
	if (s->put != s->full + s->restarted + s->ended + open)
		spans_scene_fault(s, VERIFY_LOST,
				  "%u starts, but %u without room, %u replaced, %u taken, %u open",
				  s->put, s->full, s->restarted, s->ended, open);
	for (unsigned int key = 0; key < SCENE_KEYS; key++)
		for (unsigned int cpu = 0; cpu < (s->code->per_cpu ? SPANS_CPUS : 1); cpu++)
			spans_scene_do(s, SCENE_END, key, cpu);
	for (unsigned int i = 0; i < SCENE_PLACES; i++)
		if (word_at(s, i) & SPANS_STATE)
			spans_scene_fault(s, VERIFY_LOST, "place %u is not free when all is ended",
					  i);
	for (unsigned int i = 0; i < SCENE_GUARD_WORDS; i++)
		if (s->memory[used_words(s) + i] != PATTERN)
			spans_scene_fault(s, VERIFY_DAMAGE, "a store behind the table");
}
