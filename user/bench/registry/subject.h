/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * subject.h - what `latchkit bench registry` compares: tables of objects that are
 * found by an id, behind the same loops. Ids are 0 to objects - 1, and all of them are there unless
 * somebody is just replacing one.
 */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_SUBJECT_H
#define LATCHKIT_USER_BENCH_REGISTRY_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <latchkit/registry/hash.h>

#define BENCH_PAYLOAD_WORDS 8
struct bench_payload {
	lk_u64 words[BENCH_PAYLOAD_WORDS]; /* the first is the id */
};

/* Ids in the order in which they are looked up: drawn before, the same for all subjects. */
#define BENCH_KEYS (1U << 20)

struct bench_registry_thread {
	void *table;
	void *own; /* what enter() returned */
	const uint32_t *keys; /* BENCH_KEYS of them */
	uint32_t at; /* the next one */
	lk_u64 sum, misses;
} __attribute__((aligned(64)));

typedef void bench_registry_loop_fn(struct bench_registry_thread *t, lk_u64 count);

/* The ops of a struct bench_subject. */
struct bench_registry_ops {
	/* Returns a table with ids 0 to objects - 1, or NULL: errno says why not. */
	void *(*create)(size_t objects);
	void (*destroy)(void *table);
	/* Around all that a thread does with it; and now and then between loops. NULL: nothing. */
	void *(*enter)(void *table);
	void (*leave)(void *table, void *own);
	void (*pause)(void);
	/* Look up so many keys. */
	bench_registry_loop_fn *loop;
	/* Delete an id and insert it anew. If another thread does the same, one may find nothing.
	 */
	void (*replace)(void *table, void *own, lk_u64 id);
	/* Shed the oldest `count` objects, or delete as many, and insert as many anew, from id *at
	 * on. One thread at a time. */
	void (*shed)(void *table, void *own, lk_u64 *at, size_t count, size_t objects);
	/* Wait until what was deleted is freed. NULL: it is. */
	void (*settle)(void *table);
	bool one_deleter; /* two that delete at once break it */
	bool in_kernel; /* its objects are in the kernel's memory, not in ours */
};

/* As many buckets as objects, or a few more: a power of two. */
static inline size_t bench_registry_buckets(size_t objects)
{
	size_t buckets = 64;

	while (buckets < objects)
		buckets *= 2;
	return buckets;
}

/* The loop of a subject: `body` looks up `id`; t is at hand. */
#define BENCH_REGISTRY_LOOP(name, body) \
	static void loop_##name(struct bench_registry_thread *t, lk_u64 count) \
	{ \
		for (lk_u64 i = 0; i < count; i++) { \
			lk_u64 id = t->keys[t->at]; \
\
			t->at = (t->at + 1) % BENCH_KEYS; \
			body \
		} \
	}

/* Shed by deleting, for what has no shrinker. */
#define BENCH_REGISTRY_SHED(name) \
	static void shed_##name(void *table, void *own, lk_u64 *at, size_t count, size_t objects) \
	{ \
		for (size_t i = 0; i < count; i++, *at = (*at + 1) % objects) \
			replace_##name(table, own, *at); \
	}

#endif /* LATCHKIT_USER_BENCH_REGISTRY_SUBJECT_H */
