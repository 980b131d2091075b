/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scene.h - a table of two buckets, so that all keys have the same ones, and what is known of it:
 * who counted which key how often. Finds may be stopped anywhere, one in another; what others then
 * find and read is judged, exactly, as everybody else stands still.
 */
#ifndef LATCHKIT_USER_VERIFY_KEYED_SCENE_H
#define LATCHKIT_USER_VERIFY_KEYED_SCENE_H

#include "verify/core/path.h"
#include "verify/core/verdict.h"
#include "verify/keyed/code.h"

#define SCENE_BUCKETS 2
#define SCENE_PLACES (SCENE_BUCKETS * KEYED_WAYS)
/* More than it has room for, as are the keys. */
#define SCENE_KEYS (2 * SCENE_PLACES)
#define SCENE_GUARD_WORDS 64
#define SCENE_WORDS \
	(SCENE_BUCKETS * keyed_bucket_words(KEYED_MAX_KEY_WORDS, KEYED_LATCH) + SCENE_GUARD_WORDS)
_Static_assert(SCENE_WORDS <= PATH_MAX_WORDS, "a path keeps all of it");

struct scene_key {
	lk_u64 words[KEYED_MAX_KEY_WORDS];
	lk_u64 hash, *buckets[SCENE_BUCKETS];
	lk_u64 counted;
	unsigned int made; /* finds that were told that they made it */
	unsigned int under_way; /* finds of it that have begun and not ended */
};

struct scene {
	struct verify_verdict *verdict;
	const struct keyed_code *code;
	const struct keyed_size *size;
	lk_u64 seed;
	struct keyed_table table;
	struct scene_key keys[SCENE_KEYS];
	/* The first thing that went wrong since scene_begin(). */
	enum verify_kind fault;
	char said[160];
	lk_u64 memory[SCENE_WORDS] __attribute__((aligned(64)));
};

/* A find, before and after it was done. */
struct scene_find {
	struct scene *scene;
	unsigned int key;
	bool was_there; /* its key, when it began */
	lk_u64 *latch;
	int made;
};

/*
 * Begin anew, with keys of that size; `first` and `second` keys are there, counted from key 2 on:
 * as many as fit in the buckets that key 0 tries first and second.
 */
void scene_begin(struct scene *s, const struct keyed_size *size, unsigned int first,
		 unsigned int second);
/* The parts of a count: what is known before; the find, whose argument that is; and after. */
void scene_before(struct scene *s, struct scene_find *f, unsigned int key);
int scene_find(void *find);
/* The find, to be stepped. */
struct path_operation scene_operation(struct scene_find *f);
void scene_after(struct scene_find *f);
/* Can the finds of a table be stopped? If not, the check is skipped. */
bool scene_open(struct verify_verdict *v);
/* Find the latch of a key and count in it. Returns false when it was refused. */
bool scene_count(struct scene *s, unsigned int key);
/* Count keys that are not there yet, until one is refused. Returns how many found room. */
unsigned int scene_fill(struct scene *s);
/* Read all: every place, and every key by keyed_next() and keyed_twin(). */
void scene_look(struct scene *s);
/* When nobody is stopped any more: nothing is left behind. */
void scene_end(struct scene *s);
/* Places that are free, and those that are ready. */
unsigned int scene_room(const struct scene *s);
unsigned int scene_ready(const struct scene *s);
/* Note a fault; the first one stays. */
void scene_fault(struct scene *s, enum verify_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* LATCHKIT_USER_VERIFY_KEYED_SCENE_H */
