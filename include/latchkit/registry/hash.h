/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hash - chains of nodes by id, looked up without a lock, also while they are moved to more chains
 * or fewer.
 *
 * A table has two sides, each with an array of chains, and each node a link for either side.
 * Lookups use the side that is published. To resize the table its nodes are linked on the other
 * side as well, some chains at a time, and nobody sees that; then the other side is published.
 * Lookups that began before may go on where they are until a grace period has passed: after that
 * the side that was left belongs to nobody, and its array may go.
 *
 *   chain of the published side   its nodes are on the other side
 *   before `moved`                too: whoever links or unlinks one does so on both
 *   the others                    not yet
 *
 * A node is linked in front of its chain. So what is behind a node was linked before it, and who
 * has acquired the first one has acquired the whole chain.
 *
 * Cost       lookup: one line of the array, one of each node before the one that is found
 * Progress   lookup wait-free, the chain's length; the others exclude each other, by the caller
 * Interrupts a lookup may interrupt anyone
 * Memory     24 bytes for each node, 8 for each chain; while it is resized, 8 for each new one
 *
 * Source     two links for each node: Herbert Xu's resizable table (Linux's bridge, 2010); that it
 *            is done some chains at a time, between other writers, is ours.
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

struct registry_side {
	void **first; /* of each chain; NULL: there are none */
	lk_u64 mask; /* how many chains, a power of two, minus 1 */
	lk_u64 number; /* 0 or 1 */
};

struct registry_hash {
	void *published; /* one of the sides */
	struct registry_side sides[2];
	lk_u64 moved; /* how many chains of the published side were; 0 if it is not being resized */
};

/* Every id has another number, and neighbours are far apart. */
static LK_INLINE lk_u64 registry_hash_of(lk_u64 id)
{
	id ^= id >> 32;
	id *= 0xd6e8feb86659fd93ULL;
	id ^= id >> 32;
	id *= 0xd6e8feb86659fd93ULL;
	id ^= id >> 32;
	return id;
}

/* Tests and proofs choose simpler numbers. */
#ifndef REGISTRY_HASH
#define REGISTRY_HASH(id) registry_hash_of(id)
#endif

static LK_INLINE lk_u64 registry_side_chain(const struct registry_side *s, lk_u64 id)
{
	return REGISTRY_HASH(id) & s->mask;
}

/* Where a reader looks, until its read-side critical section ends. */
static LK_INLINE const struct registry_side *registry_hash_side(const struct registry_hash *h)
{
	/* ORDER: acquire, the array and all links of the side are there; pairs with the release in
	 * registry_hash_publish(); mutant registry_hash-relaxed-side. */
	return (const struct registry_side *)order_ptr_load_acquire(&h->published);
}

/* The first node of a chain, or NULL. Readers, and who excludes all others. */
static LK_INLINE struct registry_node *registry_side_first(const struct registry_side *s,
							   lk_u64 chain)
{
	/* ORDER: acquire, this node and all behind it are there; pairs with the release in
	 * registry_side_link() and registry_side_unlink(); mutant registry_hash-relaxed-first. */
	return (struct registry_node *)order_ptr_load_acquire(&s->first[chain]);
}

/* The one behind it, or NULL. */
static LK_INLINE struct registry_node *registry_side_next(const struct registry_side *s,
							  const struct registry_node *n)
{
	/* Relaxed: it was linked before the chain's first one was, which the reader acquired. */
	return (struct registry_node *)order_ptr_load_relaxed(&n->next[s->number]);
}

/*
 * Find the node with this id, or NULL. Any context, within a read-side critical section, until the
 * end of which the node is there; or who excludes all writers.
 */
static LK_INLINE struct registry_node *registry_hash_find(const struct registry_hash *h, lk_u64 id)
{
	const struct registry_side *s = registry_hash_side(h);
	struct registry_node *n = registry_side_first(s, registry_side_chain(s, id));

	while (n && n->id != id)
		n = registry_side_next(s, n);
	return n;
}

/* The side that is not published. Only who excludes all other writers. */
static LK_INLINE struct registry_side *registry_hash_other(struct registry_hash *h)
{
	return &h->sides[!registry_hash_side(h)->number];
}

/* How many chains lookups see. */
static LK_INLINE lk_u64 registry_hash_chains(const struct registry_hash *h)
{
	return registry_hash_side(h)->mask + 1;
}

static LK_INLINE void registry_side_link(const struct registry_side *s, struct registry_node *n)
{
	void **first = &s->first[registry_side_chain(s, n->id)];

	/* Relaxed: nobody else has got to this link yet. */
	order_ptr_store_relaxed(&n->next[s->number], order_ptr_load_relaxed(first));
	/* ORDER: release, the node comes before its being found; pairs with the acquire in
	 * registry_side_first(); mutant registry_hash-relaxed-link. */
	order_ptr_store_release(first, n);
}

static LK_INLINE void registry_side_unlink(const struct registry_side *s, struct registry_node *n)
{
	void **link = &s->first[registry_side_chain(s, n->id)], *at;

	/* Relaxed: only who excludes others writes them. */
	while ((at = order_ptr_load_relaxed(link)) != n)
		link = &((struct registry_node *)at)->next[s->number];
	/* ORDER: release, others may have linked what is behind it, and it may be first now; pairs
	 * with the acquire in registry_side_first(); mutant registry_hash-relaxed-unlink. */
	order_ptr_store_release(link, order_ptr_load_relaxed(&n->next[s->number]));
}

/* Is a node with this id on both sides? */
static LK_INLINE bool registry_hash_on_both(const struct registry_hash *h, lk_u64 id)
{
	return registry_side_chain(registry_hash_side(h), id) < h->moved;
}

/* Link a node, so that it is found. Its id is in no chain. Excludes others. */
static LK_INLINE void registry_hash_link(struct registry_hash *h, struct registry_node *n)
{
	registry_side_link(registry_hash_side(h), n);
	if (registry_hash_on_both(h, n->id))
		registry_side_link(registry_hash_other(h), n);
}

/* Unlink a node that is linked: it is found until a grace period has passed. Excludes others. */
static LK_INLINE void registry_hash_unlink(struct registry_hash *h, struct registry_node *n)
{
	registry_side_unlink(registry_hash_side(h), n);
	if (registry_hash_on_both(h, n->id))
		registry_side_unlink(registry_hash_other(h), n);
}

/* Begin with so many chains, a power of two; `first` has as many pointers, all NULL. */
static inline void registry_hash_init(struct registry_hash *h, void **first, lk_u64 chains)
{
	h->sides[0] = (struct registry_side){first, chains - 1, 0};
	h->sides[1] = (struct registry_side){NULL, 0, 1};
	h->published = &h->sides[0];
	h->moved = 0;
}

/*
 * Begin to resize. The other side belongs to nobody: it was never published, or a grace period has
 * passed since it was left. Excludes others.
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
	/* ORDER: release, the whole side comes before its being used; pairs with the acquire in
	 * registry_hash_side(); mutant registry_hash-relaxed-publish. */
	order_ptr_store_release(&h->published, other);
}

/*
 * Move `count` chains more. Excludes others, but only meanwhile. Returns whether they were the
 * last: then the other side is published.
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
