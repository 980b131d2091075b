/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * posted - the registry as it was posted, in user space: to be measured and judged, not used.
 *
 * A hash table of fixed size and a list, one lock around changes of both, lookups under RCU that
 * get a reference unless the count is 0, call_rcu() at the last put, a cache with a constructor.
 *
 * Its known defects, kept:
 *   the shrinker drops the lock in the middle of its walk and goes on with the `next` that it saved
 *   before, which may have been unlinked meanwhile: then it points to itself, or is freed
 *   unlinking an object twice does no harm to the list, but is not reported to the caller: two
 *   deletes of one id, or a delete and the shrinker, each put the registry's reference
 *   the shrinker's `scan` bounds how many it unlinks, not how many it looks at under the lock
 *   duplicate ids are not refused
 *
 * Source     the article on a kernel module ("RCU-protected kernel registry", Linux 5.15) that
 *            claims S4.1 to S4.6 are from. As in the kernel, unlinking what is not linked does
 *            nothing. Its spin lock is a mutex here: threads are preempted.
 */
#ifndef LATCHKIT_REGISTRY_POSTED_H
#define LATCHKIT_REGISTRY_POSTED_H

#include <urcu/rcuhlist.h>
#include <urcu/rculist.h>

#include "reclaim.h"

struct registry_posted_object {
	struct cds_hlist_node node;
	struct cds_list_head list;
	struct rcu_head rcu;
	lk_u64 id;
	struct refcount ref;
	lk_u64 since_ns;
};

struct registry_posted {
	struct cds_hlist_head *buckets;
	size_t bucket_count; /* a power of two */
	struct registry_counts counts;
	struct registry_config config;
	struct registry_cache cache __attribute__((aligned(64)));
	pthread_mutex_t lock;
	struct cds_list_head list;
};

static LK_INLINE void *registry_posted_payload(struct registry_posted_object *o)
{
	return o + 1;
}

static inline void registry_posted_construct(void *object, void *arg)
{
	struct registry_posted_object *o = (struct registry_posted_object *)object;
	struct registry_posted *r = (struct registry_posted *)arg;

	CDS_INIT_LIST_HEAD(&o->list);
	if (r->config.construct)
		r->config.construct(registry_posted_payload(o), r->config.arg);
}

static inline void registry_posted_free(struct registry_posted *r)
{
	free(r->buckets);
	registry_counts_end(&r->counts, &r->config.memory);
	free(r);
}

/* As registry_create(). The number of buckets is fixed. */
static inline int registry_posted_create(struct registry_posted **made,
					 const struct registry_config *config)
{
	struct registry_posted *r;

	*made = NULL;
	if (config->payload_bytes > REGISTRY_PAYLOAD_MOST)
		return -EINVAL;
	if (posix_memalign((void **)&r, REGISTRY_LINE, sizeof(*r)))
		return -ENOMEM;
	memset(r, 0, sizeof(*r));
	r->config = *config;
	r->config.memory =
		(struct registry_memory){registry_memory_alloc, registry_memory_free, NULL};
	if (!r->config.now_ns)
		r->config.now_ns = registry_clock_ns;
	r->bucket_count = config->buckets ? config->buckets : REGISTRY_BUCKETS;
	r->buckets = (struct cds_hlist_head *)calloc(r->bucket_count, sizeof(*r->buckets));
	pthread_mutex_init(&r->lock, NULL);
	CDS_INIT_LIST_HEAD(&r->list);
	r->cache.memory = r->config.memory;
	r->cache.construct = registry_posted_construct;
	r->cache.arg = r->cache.owner = r;
	r->cache.spare = config->spare;
	r->cache.poison = config->poison;
	if (!r->buckets || registry_counts_init(&r->counts, &r->config.memory) ||
	    registry_cache_init(&r->cache,
				sizeof(struct registry_posted_object) + config->payload_bytes)) {
		registry_posted_free(r);
		return -ENOMEM;
	}
	*made = r;
	return 0;
}

static inline void registry_posted_free_rcu(struct rcu_head *head)
{
	struct registry_posted_object *o =
		caa_container_of(head, struct registry_posted_object, rcu);
	struct registry_posted *r = (struct registry_posted *)registry_cache_owner(o);

	if (r->config.release)
		r->config.release(NULL, r->config.arg);
	registry_cache_free(&r->cache, o);
	registry_counts_add(&r->counts, REGISTRY_FREED);
}

static LK_INLINE void registry_posted_put(struct registry_posted *r,
					  struct registry_posted_object *o)
{
	if (refcount_dec_and_test(&o->ref, r->counts.warnings))
		registry_call_rcu(&o->rcu, registry_posted_free_rcu);
}

static LK_INLINE struct cds_hlist_head *registry_posted_bucket(const struct registry_posted *r,
							       lk_u64 id)
{
	return &r->buckets[registry_hash_of(id) & (r->bucket_count - 1)];
}

/* Returns NULL: out of memory. */
static inline struct registry_posted_object *registry_posted_new(struct registry_posted *r,
								 lk_u64 id)
{
	struct registry_posted_object *o =
		(struct registry_posted_object *)registry_cache_alloc(&r->cache);

	registry_counts_add(&r->counts, o ? REGISTRY_MADE : REGISTRY_NO_MEMORY);
	if (!o)
		return NULL;
	o->id = id;
	o->since_ns = r->config.now_ns();
	refcount_set(&o->ref, 1);
	return o;
}

static inline void registry_posted_insert(struct registry_posted *r,
					  struct registry_posted_object *o)
{
	pthread_mutex_lock(&r->lock);
	cds_list_add_tail(&o->list, &r->list);
	cds_hlist_add_head_rcu(&o->node, registry_posted_bucket(r, o->id));
	pthread_mutex_unlock(&r->lock);
	registry_counts_add(&r->counts, REGISTRY_INSERTED);
}

static LK_INLINE struct registry_posted_object *registry_posted_find(struct registry_posted *r,
								     lk_u64 id)
{
	struct registry_posted_object *o;

	cds_hlist_for_each_entry_rcu_2(o, registry_posted_bucket(r, id),
				       node) if (o->id == id) return o;
	return NULL;
}

static LK_INLINE struct registry_posted_object *registry_posted_lookup(struct registry_posted *r,
								       lk_u64 id)
{
	struct registry_posted_object *o;

	REGISTRY_URCU(read_lock)();
	o = registry_posted_find(r, id);
	if (o && !refcount_inc_not_zero(&o->ref, r->counts.warnings))
		o = NULL;
	REGISTRY_URCU(read_unlock)();
	return o;
}

/* Unlink an object if it is linked, which the caller is not told. Context: r->lock held. */
static inline void registry_posted_unlink(struct registry_posted_object *o)
{
	cds_list_del_init(&o->list);
	if (!o->node.prev)
		return;
	cds_hlist_del_rcu(&o->node);
	o->node.prev = NULL;
}

/* Unlink an object that the caller has a reference to, and put the registry's. */
static inline void registry_posted_remove(struct registry_posted *r,
					  struct registry_posted_object *o)
{
	pthread_mutex_lock(&r->lock);
	registry_posted_unlink(o);
	pthread_mutex_unlock(&r->lock);
	registry_counts_add(&r->counts, REGISTRY_DELETED);
	registry_posted_put(r, o);
}

/* Returns 0 or -ENOENT. */
static inline int registry_posted_delete(struct registry_posted *r, lk_u64 id)
{
	struct registry_posted_object *o = registry_posted_lookup(r, id);

	if (!o)
		return -ENOENT;
	REGISTRY_DROPPED(r);
	registry_posted_remove(r, o);
	registry_posted_put(r, o);
	return 0;
}

static inline size_t registry_posted_shrink(struct registry_posted *r, lk_u64 age_ns, size_t scan)
{
	struct registry_posted_object *o, *next;
	size_t shed = 0;

	pthread_mutex_lock(&r->lock);
	cds_list_for_each_entry_safe(o, next, &r->list, list)
	{
		if (r->config.now_ns() - o->since_ns < age_ns)
			continue;
		registry_posted_unlink(o);
		pthread_mutex_unlock(&r->lock);
		registry_posted_put(r, o);
		registry_counts_add(&r->counts, REGISTRY_RECLAIMED);
		REGISTRY_DROPPED(r);
		if (++shed >= scan)
			return shed;
		pthread_mutex_lock(&r->lock);
	}
	pthread_mutex_unlock(&r->lock);
	return shed;
}

/* Free a registry that no other thread uses. Returns how many objects still had references. */
static inline size_t registry_posted_destroy(struct registry_posted *r)
{
	size_t held;

	while (!cds_list_empty(&r->list)) {
		struct registry_posted_object *o =
			cds_list_entry(r->list.next, struct registry_posted_object, list);

		registry_posted_unlink(o);
		registry_posted_put(r, o);
	}
	REGISTRY_URCU(barrier)();
	held = registry_cache_in_use(&r->cache);
	registry_cache_end(&r->cache);
	pthread_mutex_destroy(&r->lock);
	registry_posted_free(r);
	return held;
}

#endif /* LATCHKIT_REGISTRY_POSTED_H */
