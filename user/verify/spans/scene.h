/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scene.h - a table of two buckets, so that all keys have the same ones, and what is known of it:
 * which starts were put, and which were taken. Operations may be stopped anywhere, one in another;
 * what others then do is judged as everybody else stands still: exactly where no other operation
 * of the same key is under way, and else by what that may have done.
 */
#ifndef LATCHKIT_USER_VERIFY_SPANS_SCENE_H
#define LATCHKIT_USER_VERIFY_SPANS_SCENE_H

#include "verify/core/path.h"
#include "verify/core/verdict.h"
#include "verify/spans/code.h"

#define SCENE_BUCKETS 2
#define SCENE_PLACES (SCENE_BUCKETS * SPANS_WAYS)
/* More than it has room for. */
#define SCENE_KEYS (2 * SCENE_PLACES)
#define SCENE_STARTS 256
#define SCENE_GUARD_WORDS 64
#define SCENE_WORDS \
	(SCENE_BUCKETS * spans_bucket_words(SPANS_MAX_KEY_WORDS, SPANS_MAX_VALUE_WORDS) + \
	 SCENE_GUARD_WORDS)
_Static_assert(SCENE_WORDS <= PATH_MAX_WORDS, "a path keeps all of it");

enum scene_kind { SCENE_START, SCENE_END, SCENE_COPY };

struct scene_key {
	lk_u64 words[SPANS_MAX_KEY_WORDS];
	lk_u64 hash;
	unsigned int starting, ending; /* operations of it that are under way */
	unsigned int begun; /* operations so far */
	int open; /* starts, less those taken and replaced, by what operations returned */
};

struct scene {
	struct verify_verdict *verdict;
	const struct spans_code *code;
	const struct spans_size *size;
	lk_u64 seed;
	struct spans_table table;
	struct scene_key keys[SCENE_KEYS];
	/* Starts are numbered from 1; their time is SCENE_TIME plus the number. */
	unsigned int starts;
	unsigned char key_of[SCENE_STARTS];
	bool taken[SCENE_STARTS]; /* returned by an end */
	unsigned int begun; /* operations of all keys */
	/* As counted by what operations returned. */
	unsigned int put, full, restarted, ended;
	/* The first thing that went wrong since spans_scene_begin(). */
	enum verify_kind fault;
	char said[160];
	lk_u64 memory[SCENE_WORDS] __attribute__((aligned(64)));
};

/* An operation, before and after it was done. */
struct scene_act {
	struct scene *scene;
	enum scene_kind kind;
	unsigned int key, cpu;
	lk_u64 *first, *second; /* buckets */
	unsigned int start; /* that is put; of a copy or end, the newest that is there; 0: none */
	unsigned int at; /* of a copy: the place */
	unsigned int there; /* starts of the key */
	bool alone; /* no other operation of the key was under way when it began */
	unsigned int begun_key, begun_all; /* operations, itself included */
	lk_u64 found[SPANS_MAX_KEY_WORDS]; /* of a copy: the key */
	lk_u64 value[SPANS_MAX_VALUE_WORDS];
	int result;
};

/* Can the operations be stopped? If not, the check is skipped. */
bool spans_scene_open(struct verify_verdict *v);
/*
 * Begin anew, with that size; `first` and `second` starts are there, of keys from 2 on: as many as
 * fit in the first and second bucket of the table.
 */
void spans_scene_begin(struct scene *s, const struct spans_size *size, unsigned int first,
		       unsigned int second);
/* Put a start of a key in one bucket, whatever is in the other. */
void spans_scene_put(struct scene *s, unsigned int key, unsigned int bucket);
/* The parts of an operation: what is known before; the operation, to be stepped; and after. */
void spans_scene_before(struct scene *s, struct scene_act *a, enum scene_kind kind,
			unsigned int key, unsigned int cpu);
struct path_operation spans_scene_operation(struct scene_act *a);
void spans_scene_after(struct scene_act *a);
/* An operation from its beginning to its end. Returns what it returned. */
int spans_scene_do(struct scene *s, enum scene_kind kind, unsigned int key, unsigned int cpu);
/* Put starts of keys that have none until one is refused: as many as there are free places. */
void spans_scene_fill(struct scene *s, unsigned int cpu);
/* Walk over the table. */
void spans_scene_look(struct scene *s);
/* When nobody is stopped any more: all is accounted for, and can be taken. */
void spans_scene_end(struct scene *s);
/* Note a fault; the first one stays. */
void spans_scene_fault(struct scene *s, enum verify_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* LATCHKIT_USER_VERIFY_SPANS_SCENE_H */
