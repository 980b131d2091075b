/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hash - a resizable hash table with chains: lookups under RCU, without a lock, also during a
 * resize. Needs nothing but this header; the caller has the RCU, and the lock of the writers.
 *
 * A table has two sides, each with an array of chains, and each node has one link per side. Lookups
 * use the side that is published. A resize links the nodes on the other side as well, some chains
 * at a time, unseen by lookups, and then publishes that side. Lookups that began before may be on
 * the old side until a grace period has passed; then its array may be freed.
 *
 *   chain of the published side   its nodes are on the other side
 *   before `moved`                too: link and unlink update both sides
 *   the others                    not yet
 *
 * Which chain an id belongs to depends on a seed. Whoever chooses ids without knowing it cannot
 * choose their chains: any two ids share one with probability 1 / chains over the seeds, so that a
 * lookup passes one node more, on average, than the table has for each chain.
 *
 * A node is linked at the head of its chain. So the nodes behind it were linked before, and
 * acquiring the head acquires the whole chain.
 *
 * Cost       lookup: one cache line of the array, one of each node up to the one that is found
 * Progress   lookup wait-free, bounded by the chain's length; writers are serialised by the caller
 * Interrupts a lookup may interrupt anyone
 * Memory     24 bytes for each node, 8 for each chain; during a resize, 8 for each new one
 *
 * Source     two links for each node: Herbert Xu's resizable table (Linux's bridge, 2010); moving
 *            some chains at a time, between other writers, is ours. The hash: Mikkel Thorup,
 *            "High Speed Hashing for Integers and Strings" (2015), pair multiply shift.
 */
#ifndef LATCHKIT_REGISTRY_HASH_H
#define LATCHKIT_REGISTRY_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "../order.h"

struct registry_node {
	void *next[2]; /* on either side */
	lk_u64 id;
};

/* Random numbers, which nobody who chooses ids may know. */
struct registry_seed {
	lk_u64 words[3];
};

struct registry_side {
	void **first; /* of each chain; NULL: there are none */
	lk_u64 mask; /* how many chains, a power of two, minus 1 */
	lk_u64 number; /* 0 or 1 */
	struct registry_seed seed; /* the same on both */
};

struct registry_hash {
	void *published; /* one of the sides */
	struct registry_side sides[2];
	lk_u64 moved; /* how many chains of the published side are on both; 0: no resize */
};

/* Hash of an id without a seed: one to one, and neighbours are far apart. */
static LK_INLINE lk_u64 registry_hash_of(lk_u64 id)
{
	id ^= id >> 32;
	id *= 0xd6e8feb86659fd93ULL;
	id ^= id >> 32;
	id *= 0xd6e8feb86659fd93ULL;
	id ^= id >> 32;
	return id;
}

/* Returns a seed made of a number. Equal numbers make equal seeds. */
static inline struct registry_seed registry_seed_of(lk_u64 number)
{
	struct registry_seed seed;

	for (lk_u64 i = 0; i < 3; i++)
		seed.words[i] = registry_hash_of(number + (i + 1) * 0x9e3779b97f4a7c15ULL);
	return seed;
}

/*
 * Hash of an id: 32 bits. The first half parts neighbours; it is one to one, so that the second
 * half, which the seed chooses, keeps its promise for any two ids.
 */
static LK_INLINE lk_u64 registry_hash_seeded(lk_u64 id, const struct registry_seed *seed)
{
	id ^= id >> 32;
	id *= 0xd6e8feb86659fd93ULL;
	id ^= id >> 32;
	return ((seed->words[0] + (id >> 32)) * (seed->words[1] + (unsigned int)id) +
		seed->words[2]) >>
	       32;
}

/* Tests and proofs define a simpler one. */
#ifndef REGISTRY_HASH
#define REGISTRY_HASH(id, seed) registry_hash_seeded(id, seed)
#endif

static LK_INLINE lk_u64 registry_side_chain(const struct registry_side *s, lk_u64 id)
{
	return REGISTRY_HASH(id, &s->seed) & s->mask;
}

/* Returns the published side, valid until the reader's read-side critical section ends. */
static LK_INLINE const struct registry_side *registry_hash_side(const struct registry_hash *h)
{
	/* ORDER: acquire, or a lookup could find the array or links of the side not yet filled;
	 * pairs with the release in registry_hash_publish(); mutant registry_hash-relaxed-side. */
	return (const struct registry_side *)order_ptr_load_acquire(&h->published);
}

/* Returns the first node of a chain, or NULL. Context: as registry_hash_find(). */
static LK_INLINE struct registry_node *registry_side_first(const struct registry_side *s,
							   lk_u64 chain)
{
	/* ORDER: acquire, or this node or one behind it could be read before it is filled; pairs
	 * with the release in registry_side_link() and registry_side_unlink(); mutant
	 * registry_hash-relaxed-first. */
	return (struct registry_node *)order_ptr_load_acquire(&s->first[chain]);
}

/* Returns the node behind `n`, or NULL. Context: as registry_hash_find(). */
static LK_INLINE struct registry_node *registry_side_next(const struct registry_side *s,
							  const struct registry_node *n)
{
	/* Relaxed: linked before the head of the chain, which the reader acquired. */
	return (struct registry_node *)order_ptr_load_relaxed(&n->next[s->number]);
}

/*
 * Find the node with this id. Context: any, in a read-side critical section, until the end of which
 * the node is valid; or all writers excluded. Returns NULL: there is none.
 */
static LK_INLINE struct registry_node *registry_hash_find(const struct registry_hash *h, lk_u64 id)
{
	const struct registry_side *s = registry_hash_side(h);
	struct registry_node *n = registry_side_first(s, registry_side_chain(s, id));

	while (n && n->id != id)
		n = registry_side_next(s, n);
	return n;
}

/* Returns the side that is not published. Context: other writers excluded. */
static LK_INLINE struct registry_side *registry_hash_other(struct registry_hash *h)
{
	return &h->sides[!registry_hash_side(h)->number];
}

/* Returns how many chains the published side has. */
static LK_INLINE lk_u64 registry_hash_chains(const struct registry_hash *h)
{
	return registry_hash_side(h)->mask + 1;
}

static LK_INLINE void registry_side_link(const struct registry_side *s, struct registry_node *n)
{
	void **first = &s->first[registry_side_chain(s, n->id)];

	/* Relaxed: no reader can reach this link yet. */
	order_ptr_store_relaxed(&n->next[s->number], order_ptr_load_relaxed(first));
	/* ORDER: release, or a lookup could find the node before it is filled; pairs with the
	 * acquire in registry_side_first(); mutant registry_hash-relaxed-link. */
	order_ptr_store_release(first, n);
}

static LK_INLINE void registry_side_unlink(const struct registry_side *s, struct registry_node *n)
{
	void **link = &s->first[registry_side_chain(s, n->id)], *at;

	/* Relaxed: other writers are excluded. */
	while ((at = order_ptr_load_relaxed(link)) != n)
		link = &((struct registry_node *)at)->next[s->number];
	/* ORDER: release, or a lookup could find a node that becomes the head here, and that
	 * another writer linked, before it is filled; pairs with the acquire in
	 * registry_side_first(); mutant registry_hash-relaxed-unlink. */
	order_ptr_store_release(link, order_ptr_load_relaxed(&n->next[s->number]));
}

/* Is a node with this id to be linked on both sides? */
static LK_INLINE bool registry_hash_on_both(const struct registry_hash *h, lk_u64 id)
{
	return registry_side_chain(registry_hash_side(h), id) < h->moved;
}

/* Publish a node, whose id is in no chain. Context: other writers excluded. */
static LK_INLINE void registry_hash_link(struct registry_hash *h, struct registry_node *n)
{
	registry_side_link(registry_hash_side(h), n);
	if (registry_hash_on_both(h, n->id))
		registry_side_link(registry_hash_other(h), n);
}

/*
 * Unpublish a node that is linked; lookups may use it until a grace period has passed. Context:
 * other writers excluded.
 */
static LK_INLINE void registry_hash_unlink(struct registry_hash *h, struct registry_node *n)
{
	registry_side_unlink(registry_hash_side(h), n);
	if (registry_hash_on_both(h, n->id))
		registry_side_unlink(registry_hash_other(h), n);
}

/* Initialise a table of `chains` chains, a power of two. first: as many pointers, all NULL. */
static inline void registry_hash_init(struct registry_hash *h, void **first, lk_u64 chains,
				      struct registry_seed seed)
{
	h->sides[0] = (struct registry_side){first, chains - 1, 0, seed};
	h->sides[1] = (struct registry_side){NULL, 0, 1, seed};
	h->published = &h->sides[0];
	h->moved = 0;
}

/*
 * Start a resize to `chains` chains, arguments as registry_hash_init(). No reader may be on the
 * other side: it was never published, or a grace period has passed since. Context: other writers
 * excluded.
 */
static inline void registry_hash_resize(struct registry_hash *h, void **first, lk_u64 chains)
{
	struct registry_side *other = registry_hash_other(h);

	other->first = first;
	other->mask = chains - 1;
	h->moved = 0;
}

static LK_INLINE void registry_hash_publish(struct registry_hash *h)
{
	struct registry_side *other = registry_hash_other(h);

	h->moved = 0;
	/* ORDER: release, or a lookup could use the side before it is filled; pairs with the
	 * acquire in registry_hash_side(); mutant registry_hash-relaxed-publish. */
	order_ptr_store_release(&h->published, other);
}

/*
 * Link the nodes of `count` more chains on the other side. Context: other writers excluded, but not
 * from one call to the next. Returns whether they were the last: then the other side is published.
 */
static inline bool registry_hash_move(struct registry_hash *h, lk_u64 count)
{
	const struct registry_side *s = registry_hash_side(h);
	struct registry_node *n;

	for (; count && h->moved <= s->mask; count--, h->moved++)
		for (n = registry_side_first(s, h->moved); n; n = registry_side_next(s, n))
			registry_side_link(registry_hash_other(h), n);
	if (h->moved <= s->mask)
		return false;
	registry_hash_publish(h);
	return true;
}

#endif /* LATCHKIT_REGISTRY_HASH_H */
