/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What writers and readers do with the chains of registry/hash.h, as functions of their own, for
 * the proofs to disassemble. Writers exclude each other by a mutex: who takes it reads what the one
 * before has written when it gave it back.
 */
/* The interpreters know no calls. */
#define inline inline __attribute__((always_inline))
#define REGISTRY_HASH(id, seed) (id)
#include "latchkit/registry/hash.h"

struct object {
	struct registry_node node;
	lk_u64 data;
};

struct world {
	lk_u64 mutex;
	struct registry_hash hash;
	void *chain[2]; /* one on either side */
	struct object a, b, c;
};

static inline void lock(struct world *w)
{
	while (order_load_acquire(&w->mutex) == 0)
		;
}

static inline void unlock(struct world *w)
{
	order_store_release(&w->mutex, 1);
}

static inline void insert(struct world *w, struct object *o, lk_u64 id)
{
	o->node.id = id;
	order_store_relaxed(&o->data, 1);
	registry_hash_link(&w->hash, &o->node);
}

int piece_a(struct world *w)
{
	insert(w, &w->a, 1);
	unlock(w);
	return 0;
}

int piece_ab(struct world *w)
{
	insert(w, &w->a, 1);
	insert(w, &w->b, 2);
	unlock(w);
	return 0;
}

int piece_abc(struct world *w)
{
	insert(w, &w->a, 1);
	insert(w, &w->b, 2);
	insert(w, &w->c, 3);
	unlock(w);
	return 0;
}

/* Put b before what is there. */
int piece_locked_b(struct world *w)
{
	lock(w);
	insert(w, &w->b, 2);
	return 0;
}

int piece_locked_unlink(struct world *w)
{
	lock(w);
	registry_hash_unlink(&w->hash, &w->b.node);
	return 0;
}

int piece_resize(struct world *w)
{
	lock(w);
	registry_hash_resize(&w->hash, &w->chain[1], 1);
	registry_hash_move(&w->hash, 1);
	return 0;
}

int piece_find(struct world *w)
{
	struct registry_node *n = registry_hash_find(&w->hash, 1);

	return n ? (int)order_load_relaxed(&((struct object *)n)->data) : -1;
}
