/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resize - keep the number of chains near that of objects, while the table is used.
 *
 * A call_rcu() callback does it, so liburcu's thread, REGISTRY_MOVE chains at a time, between which
 * it drops the mutex. When all are moved it publishes the new side and queues itself again: after
 * that grace period it frees the old side's array, and resizes again if that is due by then. Out of
 * memory the table stays as it is, and is slower, not wrong.
 */
#ifndef LATCHKIT_REGISTRY_RESIZE_H
#define LATCHKIT_REGISTRY_RESIZE_H

#include <sys/random.h>

#include "object.h"

#define REGISTRY_BUCKETS 64
/* The table shrinks when it has more than this many chains for each object. */
#ifndef REGISTRY_SPARSE
#define REGISTRY_SPARSE 8
#endif
/* How many chains at most are moved before the mutex is dropped. */
#define REGISTRY_MOVE 256
/* After a resize found no memory, the next one is tried so many inserts and deletes later. */
#define REGISTRY_PAUSE 4096

/* Large arrays are pages, so that freeing them returns them to the system at once. */
static inline size_t registry_chains_align(size_t chains)
{
	return chains * sizeof(void *) < REGISTRY_CHUNK_BYTES ? REGISTRY_LINE
							      : REGISTRY_CHUNK_BYTES;
}

/* Allocate an array of empty chains. Returns NULL: out of memory. */
static inline void **registry_chains_alloc(struct registry *r, size_t chains)
{
	const struct registry_memory *m = &r->config.memory;
	size_t bytes = chains * sizeof(void *);
	void **first;

	if (chains > SIZE_MAX / sizeof(void *))
		return NULL;
	first = (void **)m->alloc(registry_chains_align(chains), bytes, m->arg);
	return first ? (void **)memset(first, 0, bytes) : NULL;
}

static inline void registry_chains_free(struct registry *r, struct registry_side *s)
{
	const struct registry_memory *m = &r->config.memory;
	size_t chains = s->mask + 1;

	if (s->first)
		m->free(s->first, registry_chains_align(chains), chains * sizeof(void *), m->arg);
	s->first = NULL;
}

/* Set *seed to that of the configuration, or to a random one. Returns 0 or an error. */
static inline int registry_seed(const struct registry_config *config, struct registry_seed *seed)
{
	*seed = registry_seed_of(config->seed);
	if (config->seed)
		return 0;
	return getrandom(seed, sizeof(*seed), 0) == sizeof(*seed) ? 0 : -errno;
}

/* Returns 0, -ENOMEM, or an error of getrandom(). */
static inline int registry_table_init(struct registry *r)
{
	struct registry_seed seed;
	int err = registry_seed(&r->config, &seed);
	void **first = err ? NULL : registry_chains_alloc(r, r->config.buckets);

	registry_hash_init(&r->table, first, r->config.buckets, seed);
	return err ? err : first ? 0 : -ENOMEM;
}

/* Free the arrays. No lookup and no resize may be under way. */
static inline void registry_table_free(struct registry *r)
{
	registry_chains_free(r, &r->table.sides[0]);
	registry_chains_free(r, &r->table.sides[1]);
}

/* Returns how many chains the table should have: 1 to 2 for each object when it must change. */
static inline size_t registry_chains_wanted(const struct registry *r)
{
	size_t now = registry_hash_chains(&r->table), chains = r->config.buckets;

	if (r->linked <= now && r->linked * REGISTRY_SPARSE >= now)
		return now;
	while (chains < r->linked)
		chains *= 2;
	return chains;
}

/* Start a resize. Returns false: there is nothing to do, or no memory. */
static inline bool registry_resize_begin(struct registry *r)
{
	size_t chains;
	void **first;
	bool wanted;

	pthread_mutex_lock(&r->lock);
	chains = registry_chains_wanted(r);
	wanted = !r->closed && chains != registry_hash_chains(&r->table);
	r->resizing = wanted;
	pthread_mutex_unlock(&r->lock);
	if (!wanted)
		return false;
	first = registry_chains_alloc(r, chains);
	pthread_mutex_lock(&r->lock);
	if (first) {
		registry_hash_resize(&r->table, first, chains);
	} else {
		r->resizing = false;
		r->pause = REGISTRY_PAUSE;
	}
	pthread_mutex_unlock(&r->lock);
	return first;
}

/* Move all chains to the other side and publish it. Returns false: the registry was closed. */
static inline bool registry_move(struct registry *r)
{
	bool closed, moved;

	do {
		pthread_mutex_lock(&r->lock);
		closed = r->closed;
		moved = !closed && registry_hash_move(&r->table, REGISTRY_MOVE);
		pthread_mutex_unlock(&r->lock);
		/* No pointer is held here: let grace periods end during a long resize. */
		REGISTRY_URCU(quiescent_state)();
	} while (!closed && !moved);
	return moved;
}

static inline void registry_on_resize(struct rcu_head *head)
{
	struct registry *r = caa_container_of(head, struct registry, resize);

	/* A grace period has passed since this was queued: no reader is on the other side. */
	registry_chains_free(r, registry_hash_other(&r->table));
	if (registry_resize_begin(r) && registry_move(r))
		registry_call_rcu(&r->resize, registry_on_resize);
}

/* Queue a resize if one is due. Context: r->lock held. */
static inline void registry_fit(struct registry *r)
{
	if (r->pause) {
		r->pause--;
		return;
	}
	if (r->resizing || r->closed ||
	    registry_chains_wanted(r) == registry_hash_chains(&r->table))
		return;
	r->resizing = true;
	registry_call_rcu(&r->resize, registry_on_resize);
}

#endif /* LATCHKIT_REGISTRY_RESIZE_H */
