// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject_locked.c - a hash table under a lock: what is found is used while it is held. */
#include <pthread.h>
#include <stdlib.h>

#include "bench/registry/subject.h"

struct object {
	struct object *next;
	lk_u64 id;
	struct bench_payload payload;
};

struct table {
	pthread_mutex_t mutex;
	pthread_rwlock_t rwlock;
	size_t buckets; /* a power of two */
	struct object *bucket[];
};

/* The pointer to the object of that id, or the one at the end of its chain. */
static struct object **find(struct table *t, lk_u64 id)
{
	struct object **o = &t->bucket[registry_hash_of(id) & (t->buckets - 1)];

	while (*o && (*o)->id != id)
		o = &(*o)->next;
	return o;
}

static void insert(struct table *t, struct object *o)
{
	struct object **end = find(t, o->id);

	if (*end)
		free(o);
	else
		*end = o;
}

static struct object *take(struct table *t, lk_u64 id)
{
	struct object **at = find(t, id), *o = *at;

	if (o)
		*at = o->next;
	return o;
}

static struct object *object_new(lk_u64 id)
{
	struct object *o = calloc(1, sizeof(*o));

	if (o)
		o->id = o->payload.words[0] = id;
	return o;
}

static void *create(size_t objects)
{
	size_t buckets = bench_registry_buckets(objects);
	struct table *t = calloc(1, sizeof(*t) + buckets * sizeof(*t->bucket));

	if (!t)
		return NULL;
	t->buckets = buckets;
	pthread_mutex_init(&t->mutex, NULL);
	pthread_rwlock_init(&t->rwlock, NULL);
	for (lk_u64 id = 0; id < objects; id++) {
		struct object *o = object_new(id);

		if (o)
			insert(t, o);
	}
	return t;
}

static void destroy(void *table)
{
	struct table *t = table;

	for (size_t i = 0; i < t->buckets; i++) {
		struct object *o = t->bucket[i], *next;

		for (; o; o = next) {
			next = o->next;
			free(o);
		}
	}
	free(t);
}

#define LOCKED(name, lock, read_lock, write_lock, unlock) \
	static void replace_##name(void *table, void *own, lk_u64 id) \
	{ \
		struct object *o = object_new(id), *old; \
		struct table *t = table; \
\
		(void)own; \
		write_lock(&t->lock); \
		old = take(t, id); \
		unlock(&t->lock); \
		free(old); \
		write_lock(&t->lock); \
		if (o) \
			insert(t, o); \
		unlock(&t->lock); \
	} \
	BENCH_REGISTRY_SHED(name) \
	BENCH_REGISTRY_LOOP(name, { \
		struct table *all = t->table; \
		const struct object *o; \
\
		read_lock(&all->lock); \
		o = *find(all, id); \
		if (o) \
			t->sum += o->payload.words[0]; \
		else \
			t->misses++; \
		unlock(&all->lock); \
	}) \
	const struct bench_registry_ops bench_registry_ops_##name = { \
		.create = create, \
		.destroy = destroy, \
		.loop = loop_##name, \
		.replace = replace_##name, \
		.shed = shed_##name, \
	};

LOCKED(mutex, mutex, pthread_mutex_lock, pthread_mutex_lock, pthread_mutex_unlock)
LOCKED(rwlock, rwlock, pthread_rwlock_rdlock, pthread_rwlock_wrlock, pthread_rwlock_unlock)
