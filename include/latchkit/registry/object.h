/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * object - an object of a registry: its header, its payload, its references.
 *
 *   state                    linked   references                      `age` or `rcu` is in use
 *   allocated                no       the caller's                    neither
 *   linked                   yes      the registry's, and lookups'    age, under the mutex
 *   unlinked                 no       lookups'                        neither
 *   grace period             no       none                            rcu
 *   free in the cache        -        -                               neither
 *
 * Memory     56 bytes beside the payload, and 8 for each chain of the table, of which there are 1
 *            to 2 for an object
 */
#ifndef LATCHKIT_REGISTRY_OBJECT_H
#define LATCHKIT_REGISTRY_OBJECT_H

#include <time.h>

#include "cache.h"
#include "count.h"
#include "fork.h"
#include "hash.h"
#include "rcu.h"

struct registry_object {
	struct registry_node node; /* the first member */
	registry_ref ref;
	lk_u64 since; /* see registry_since_ns(); bit 0: it is linked */
	union {
		struct cds_list_head age; /* oldest first */
		struct rcu_head rcu;
	};
};

#define REGISTRY_LINKED 1ULL
#define REGISTRY_PAYLOAD_MOST ((size_t)8192)

struct registry_config {
	size_t payload_bytes; /* of each object, 8 KiB at most; zeroed, or as constructed */
	size_t buckets; /* chains at least, a power of two (0: 64) */
	lk_u64 seed; /* of the hash of ids. 0: a random one; others: for what must be repeatable */
	size_t spare; /* free objects that the cache keeps beside half used chunks */
	/* Constructor, called for a payload when its memory is new, not when reused. NULL: none. */
	void (*construct)(void *payload, void *arg);
	/* Must the shrinker spare this object? It is touched then. Under the mutex. NULL: no. */
	bool (*keep)(const struct registry_object *o, void *arg);
	/* Called after the last put and a grace period, before the memory is reused. NULL: none. */
	void (*release)(struct registry_object *o, void *arg);
	void *arg; /* of these three */
	/* The allocator. All NULL: the system's. */
	struct registry_memory memory;
	lk_u64 (*now_ns)(void); /* the clock of ages, in ns. NULL: CLOCK_MONOTONIC_COARSE */
	bool count_lookups; /* costs some 10 ns each */
	bool poison; /* fill freed objects, see cache.h */
};

struct registry {
	struct registry_hash table;
	struct registry_counts counts;
	struct registry_config config;
	/* On other cache lines than what lookups read. */
	struct registry_cache cache __attribute__((aligned(64)));
	pthread_mutex_t lock; /* of linking and unlinking */
	struct cds_list_head by_age; /* oldest first */
	size_t linked; /* objects */
	lk_u64 generation; /* of the process that made it, see fork.h */
	bool closed, resizing;
	size_t pause; /* inserts and deletes to go until a resize is tried again */
	struct rcu_head resize; /* while it is resizing */
};

static LK_INLINE lk_u64 registry_id(const struct registry_object *o)
{
	return o->node.id;
}

static LK_INLINE void *registry_payload(struct registry_object *o)
{
	return o + 1;
}

static LK_INLINE struct registry_object *registry_object_of(void *payload)
{
	return (struct registry_object *)payload - 1;
}

static inline lk_u64 registry_clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (lk_u64)t.tv_sec * 1000000000ULL + (lk_u64)t.tv_nsec;
}

/* Returns when it was inserted or touched last, by the registry's clock. */
static LK_INLINE lk_u64 registry_since_ns(const struct registry_object *o)
{
	/* Relaxed: written under the mutex; without it a stale value is harmless. */
	return order_load_relaxed(&o->since) & ~REGISTRY_LINKED;
}

static LK_INLINE bool registry_linked(const struct registry_object *o)
{
	/* Relaxed: the unlinker cleared it before its put, which the last put acquires. */
	return order_load_relaxed(&o->since) & REGISTRY_LINKED;
}

static inline void registry_free_rcu(struct rcu_head *head)
{
	struct registry_object *o = caa_container_of(head, struct registry_object, rcu);
	struct registry *r = (struct registry *)registry_cache_owner(o);

	if (r->config.release)
		r->config.release(o, r->config.arg);
	registry_counts_add(&r->counts, REGISTRY_FREED);
	registry_cache_free(&r->cache, o);
}

/*
 * The count has reached 0. The registry has a reference to each linked object, so if this one is
 * linked there was a put without a get: undo it. Else free the object after a grace period.
 */
static inline void registry_ended(struct registry *r, struct registry_object *o)
{
	if (registry_linked(o)) {
		registry_counts_add(&r->counts, REGISTRY_BAD_PUTS);
		REGISTRY_COUNT(revive)(&o->ref);
		return;
	}
	registry_call_rcu(&o->rcu, registry_free_rcu);
}

/* Put a reference. Context: any thread of the flavour, in a read-side critical section too. */
static LK_INLINE void registry_put(struct registry *r, struct registry_object *o)
{
	if (REGISTRY_COUNT(put)(&o->ref, r->counts.warnings))
		registry_ended(r, o);
}

/*
 * Get one more reference. Context: the caller has a reference, or is in the read-side critical
 * section in which registry_find() or registry_walk() found the object. Returns false if the object
 * is being freed, which can be in the latter case only.
 */
static LK_INLINE bool registry_get(struct registry *r, struct registry_object *o)
{
	return REGISTRY_COUNT(get)(&o->ref, r->counts.warnings);
}

#endif /* LATCHKIT_REGISTRY_OBJECT_H */
