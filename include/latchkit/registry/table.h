/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table - create a registry; insert, look up, delete, walk.
 *
 * The table is liburcu's lock-free hash table: lookups walk a chain without a store to anything
 * but the object they find. Linking and unlinking are under a mutex, as an object is in a list by
 * age, too. Whether an object was unlinked the table says, once: cds_lfht_del() is granted to one.
 * It is resized here, by the thread of liburcu that calls call_rcu()'s functions: liburcu 0.13's
 * own automatic resizing can stop for good, when its thread is through before it is noted as begun.
 */
#ifndef LATCHKIT_REGISTRY_TABLE_H
#define LATCHKIT_REGISTRY_TABLE_H

#include "object.h"

#define REGISTRY_BUCKETS 64
/* The table shrinks when it has so many times as many buckets as objects. */
#define REGISTRY_SPARSE 8

/* Every id has another hash, and neighbours are far apart. */
static LK_INLINE unsigned long registry_hash(lk_u64 id)
{
	id ^= id >> 32;
	id *= 0xd6e8feb86659fd93ULL;
	id ^= id >> 32;
	id *= 0xd6e8feb86659fd93ULL;
	id ^= id >> 32;
	return (unsigned long)id;
}

static inline int registry_match(struct cds_lfht_node *node, const void *id)
{
	return caa_container_of(node, struct registry_object, node)->id == *(const lk_u64 *)id;
}

static inline void registry_on_construct(void *object, void *arg)
{
	struct registry *r = arg;

	if (r->config.construct)
		r->config.construct(registry_payload(object), r->config.arg);
}

static inline int registry_init(struct registry *r)
{
	int err = -pthread_mutex_init(&r->lock, NULL);

	if (err)
		return err;
	CDS_INIT_LIST_HEAD(&r->by_age);
	r->cache.memory = r->config.memory;
	r->cache.construct = registry_on_construct;
	r->cache.arg = r->cache.owner = r;
	r->cache.spare = r->config.spare;
	r->cache.poison = r->config.poison;
	err = registry_cache_init(&r->cache,
				  sizeof(struct registry_object) + r->config.payload_bytes);
	if (err)
		return err;
	err = registry_counts_init(&r->counts, &r->config.memory);
	if (err)
		return err;
	r->buckets = r->config.buckets;
	r->table = _cds_lfht_new(r->buckets, 1, 0, 0, NULL, &REGISTRY_URCU(flavor), NULL);
	return r->table ? 0 : -ENOMEM;
}

static inline void registry_free(struct registry *r)
{
	struct registry_memory memory = r->config.memory;

	registry_counts_end(&r->counts, &memory);
	memory.give(r, REGISTRY_LINE, sizeof(*r), memory.arg);
}

/*
 * Create an empty registry. Sets *made to it, or to NULL. Returns 0, -ENOMEM, or -EINVAL: the
 * payload is larger than 8 KiB, or the number of buckets is no power of two.
 */
static inline int registry_create(struct registry **made, const struct registry_config *config)
{
	struct registry_memory memory = config->memory;
	struct registry *r;
	int err;

	*made = NULL;
	if (config->buckets & (config->buckets - 1) || !memory.take != !memory.give)
		return -EINVAL;
	if (!memory.take)
		memory = (struct registry_memory){registry_memory_take, registry_memory_give, NULL};
	r = memory.take(REGISTRY_LINE, sizeof(*r), memory.arg);
	if (!r)
		return -ENOMEM;
	memset(r, 0, sizeof(*r));
	r->config = *config;
	r->config.memory = memory;
	r->config.buckets = config->buckets ? config->buckets : REGISTRY_BUCKETS;
	if (!r->config.now_ns)
		r->config.now_ns = registry_clock_ns;
	err = registry_init(r);
	if (err)
		registry_free(r);
	else
		*made = r;
	return err;
}

/* Make an object with one reference, the caller's. Returns NULL: no memory. */
static inline struct registry_object *registry_new(struct registry *r, lk_u64 id)
{
	struct registry_object *o = registry_cache_take(&r->cache);

	registry_counts_add(&r->counts, o ? REGISTRY_MADE : REGISTRY_NO_MEMORY);
	if (!o)
		return NULL;
	o->id = id;
	o->since = 0;
	REGISTRY_COUNT(set)(&o->ref, 1);
	return o;
}

/* How many buckets the table should have: 1 to 2 for an object, when it must change. */
static inline size_t registry_buckets_wanted(const struct registry *r)
{
	size_t buckets = r->config.buckets;

	if (r->linked <= r->buckets && r->linked * REGISTRY_SPARSE >= r->buckets)
		return r->buckets;
	while (buckets < r->linked)
		buckets *= 2;
	return buckets;
}

/* Resize the table until it fits, while others use it. */
static inline void registry_on_resize(struct rcu_head *head)
{
	struct registry *r = caa_container_of(head, struct registry, resize);
	size_t wanted;
	bool go_on;

	for (;;) {
		pthread_mutex_lock(&r->lock);
		wanted = registry_buckets_wanted(r);
		go_on = wanted != r->buckets && !r->closed;
		if (go_on)
			r->buckets = wanted;
		r->resizing = go_on;
		pthread_mutex_unlock(&r->lock);
		if (!go_on)
			return;
		cds_lfht_resize(r->table, wanted);
	}
}

/* Have the table resized if it should be. Under the mutex. */
static inline void registry_fit(struct registry *r)
{
	if (r->resizing || r->closed || registry_buckets_wanted(r) == r->buckets)
		return;
	r->resizing = true;
	REGISTRY_URCU(call_rcu)(&r->resize, registry_on_resize);
}

/* Put it at the end of the list by age, as new. Under the mutex. */
static inline void registry_renewed(struct registry *r, struct registry_object *o)
{
	/* Relaxed: see registry_linked(). */
	order_store_relaxed(&o->since, (r->config.now_ns() & ~REGISTRY_LINKED) | REGISTRY_LINKED);
	cds_list_add_tail(&o->age, &r->by_age);
}

/* Link it, unless its id is there. Under the mutex. Returns 0, -EEXIST or -ESHUTDOWN. */
static inline int registry_link(struct registry *r, struct registry_object *o)
{
	struct cds_lfht_node *there;

	if (r->closed)
		return -ESHUTDOWN;
	/* Found from here on: who deletes it needs the mutex, and who puts it finds it linked. */
	order_store_relaxed(&o->since, REGISTRY_LINKED);
	REGISTRY_URCU(read_lock)();
	there = cds_lfht_add_unique(r->table, registry_hash(o->id), registry_match, &o->id,
				    &o->node);
	REGISTRY_URCU(read_unlock)();
	if (there != &o->node) {
		order_store_relaxed(&o->since, 0);
		return -EEXIST;
	}
	registry_renewed(r, o);
	r->linked++;
	registry_fit(r);
	return 0;
}

/*
 * Unlink it, if it is linked. Under the mutex, by somebody who has a reference or is a reader.
 * Returns 0 to exactly one of all who try: the registry's reference is now the caller's. Or
 * -ENOENT.
 */
static inline int registry_unlink(struct registry *r, struct registry_object *o)
{
	int err;

	REGISTRY_URCU(read_lock)();
	err = cds_lfht_del(r->table, &o->node);
	REGISTRY_URCU(read_unlock)();
	if (err)
		return -ENOENT;
	cds_list_del(&o->age);
	/* Relaxed: see registry_linked(). */
	order_store_relaxed(&o->since, registry_since_ns(o));
	r->linked--;
	registry_fit(r);
	return 0;
}

/*
 * Insert an object that registry_new() made: from now on it is found. Returns 0: the caller's
 * reference is now the registry's. Or -EEXIST: there is one with this id, or -ESHUTDOWN: the
 * registry is being destroyed; the object is still the caller's, to be put.
 */
static inline int registry_insert(struct registry *r, struct registry_object *o)
{
	int err;

	pthread_mutex_lock(&r->lock);
	err = registry_link(r, o);
	pthread_mutex_unlock(&r->lock);
	registry_counts_add(&r->counts, err ? REGISTRY_DUPLICATE : REGISTRY_INSERTED);
	return err;
}

/*
 * Find an object without getting a reference: it is there until the read-side critical section
 * ends, within which the caller must be. Returns NULL: there is none.
 */
static LK_INLINE struct registry_object *registry_find(struct registry *r, lk_u64 id)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	cds_lfht_lookup(r->table, registry_hash(id), registry_match, &id, &iter);
	node = cds_lfht_iter_get_node(&iter);
	return node ? caa_container_of(node, struct registry_object, node) : NULL;
}

/* Find an object and get a reference, to be put. Returns NULL: there is none. */
static LK_INLINE struct registry_object *registry_lookup(struct registry *r, lk_u64 id)
{
	struct registry_object *o;
	bool dying;

	REGISTRY_URCU(read_lock)();
	o = registry_find(r, id);
	/* Within the section: the memory is there, and so the count can be read. */
	dying = o && !registry_get(r, o);
	REGISTRY_URCU(read_unlock)();
	if (__builtin_expect(r->config.count_lookups, 0))
		registry_counts_add(&r->counts, dying ? REGISTRY_DYING
						: o   ? REGISTRY_HITS
						      : REGISTRY_MISSES);
	return dying ? NULL : o;
}

/*
 * Delete what was found: no lookup finds it any more. The caller has a reference of its own, which
 * stays. Returns 0, or -ENOENT: somebody has deleted it already, or it was shed.
 */
static inline int registry_remove(struct registry *r, struct registry_object *o)
{
	int err;

	pthread_mutex_lock(&r->lock);
	err = registry_unlink(r, o);
	pthread_mutex_unlock(&r->lock);
	registry_counts_add(&r->counts, err ? REGISTRY_ABSENT : REGISTRY_DELETED);
	if (!err)
		registry_put(r, o);
	return err;
}

/* Delete the object with this id. Returns 0 or -ENOENT. */
static inline int registry_delete(struct registry *r, lk_u64 id)
{
	struct registry_object *o;
	int err = -ENOENT;

	pthread_mutex_lock(&r->lock);
	REGISTRY_URCU(read_lock)();
	o = registry_find(r, id);
	if (o)
		err = registry_unlink(r, o);
	REGISTRY_URCU(read_unlock)();
	pthread_mutex_unlock(&r->lock);
	registry_counts_add(&r->counts, err ? REGISTRY_ABSENT : REGISTRY_DELETED);
	if (!err)
		registry_put(r, o);
	return err;
}

/*
 * Call see(o, arg) for each object, in no order, until it returns not 0. It is called within a
 * read-side critical section: it must not wait, and to keep an object it must registry_get() it.
 * Objects that are inserted or deleted meanwhile are seen or not. Returns what see() returned last.
 */
static inline int registry_walk(struct registry *r,
				int (*see)(struct registry_object *o, void *arg), void *arg)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;
	int stop = 0;

	REGISTRY_URCU(read_lock)();
	cds_lfht_for_each(r->table, &iter, node)
	{
		stop = see(caa_container_of(node, struct registry_object, node), arg);
		if (stop)
			break;
	}
	REGISTRY_URCU(read_unlock)();
	return stop;
}

/* How many objects are linked. */
static inline size_t registry_size(struct registry *r)
{
	size_t n;

	pthread_mutex_lock(&r->lock);
	n = r->linked;
	pthread_mutex_unlock(&r->lock);
	return n;
}

/* What was done with it so far: counts has REGISTRY_COUNTS words. */
static inline void registry_counts_of(const struct registry *r, lk_u64 *counts)
{
	registry_counts_read(&r->counts, counts);
}

/* How often references were miscounted: what the kernel would have warned of. */
static inline lk_u64 registry_warnings_of(const struct registry *r)
{
	lk_u64 sum = 0;

	/* Relaxed: counts for people. */
	for (unsigned int i = 0; i < REFCOUNT_WARNINGS; i++)
		sum += order_load_relaxed(&r->counts.warnings[i]);
	return sum;
}

#endif /* LATCHKIT_REGISTRY_TABLE_H */
