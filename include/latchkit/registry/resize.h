/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resize - the table gets as many chains as it has objects, while it is used.
 *
 * The thread of liburcu that calls call_rcu()'s functions does it, REGISTRY_MOVE chains at a time,
 * between which others get the mutex. When all are moved the new side is published, and the
 * function asks to be called again: then a grace period has passed, and it frees the old side's
 * array and goes on, if the table should be resized again by then. Without memory the table stays
 * as it is, and is slower, not wrong.
 */
#ifndef LATCHKIT_REGISTRY_RESIZE_H
#define LATCHKIT_REGISTRY_RESIZE_H

#include "object.h"

#define REGISTRY_BUCKETS 64
/* The table shrinks when it has more than so many times as many chains as objects. */
#ifndef REGISTRY_SPARSE
#define REGISTRY_SPARSE 8
#endif
/* How many chains at most are moved while others wait for the mutex. */
#define REGISTRY_MOVE 256
/* How many inserts and deletes go by until one that found no memory tries again. */
#define REGISTRY_PAUSE 4096

/* Large arrays are pages of the system, so that what is given back is the system's at once. */
static inline size_t registry_chains_align(size_t chains)
{
	return chains * sizeof(void *) < REGISTRY_CHUNK_BYTES ? REGISTRY_LINE
							      : REGISTRY_CHUNK_BYTES;
}

/* As many chains, all empty, or NULL: no memory. */
static inline void **registry_chains_alloc(struct registry *r, size_t chains)
{
	const struct registry_memory *m = &r->config.memory;
	size_t bytes = chains * sizeof(void *);
	void **first = m->alloc(registry_chains_align(chains), bytes, m->arg);

	return first ? memset(first, 0, bytes) : NULL;
}

static inline void registry_chains_free(struct registry *r, struct registry_side *s)
{
	const struct registry_memory *m = &r->config.memory;
	size_t chains = s->mask + 1;

	if (s->first)
		m->free(s->first, registry_chains_align(chains), chains * sizeof(void *), m->arg);
	s->first = NULL;
}

/* Returns 0 or -ENOMEM. */
static inline int registry_table_init(struct registry *r)
{
	void **first = registry_chains_alloc(r, r->config.buckets);

	registry_hash_init(&r->table, first, r->config.buckets);
	return first ? 0 : -ENOMEM;
}

/* Nobody uses the table any more. */
static inline void registry_table_free(struct registry *r)
{
	registry_chains_free(r, &r->table.sides[0]);
	registry_chains_free(r, &r->table.sides[1]);
}

/* How many chains the table should have: 1 to 2 for an object, when it must change. */
static inline size_t registry_chains_wanted(const struct registry *r)
{
	size_t now = registry_hash_chains(&r->table), chains = r->config.buckets;

	if (r->linked <= now && r->linked * REGISTRY_SPARSE >= now)
		return now;
	while (chains < r->linked)
		chains *= 2;
	return chains;
}

/* Returns whether it has begun: there may be nothing to do, or no memory. */
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
		/* It looks at nothing in between, and others may wait for it. */
		REGISTRY_URCU(quiescent_state)();
	} while (!closed && !moved);
	return moved;
}

static inline void registry_on_resize(struct rcu_head *head)
{
	struct registry *r = caa_container_of(head, struct registry, resize);

	/* A grace period has passed since this was asked for: nobody is on the other side. */
	registry_chains_free(r, registry_hash_other(&r->table));
	if (registry_resize_begin(r) && registry_move(r))
		REGISTRY_URCU(call_rcu)(&r->resize, registry_on_resize);
}

/* Have the table resized if it should be. Under the mutex. */
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
	REGISTRY_URCU(call_rcu)(&r->resize, registry_on_resize);
}

#endif /* LATCHKIT_REGISTRY_RESIZE_H */
