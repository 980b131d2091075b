/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table - create a registry; insert, look up, delete, walk.
 *
 * A lookup walks a chain of registry/hash.h and stores to nothing but the object it finds. Linking
 * and unlinking are under a mutex; a linked object is in a list by age as well as in the table. Bit
 * 0 of `since`, written under the mutex, says whether an object is linked, so that exactly one of
 * those who unlink it succeeds.
 */
#ifndef LATCHKIT_REGISTRY_TABLE_H
#define LATCHKIT_REGISTRY_TABLE_H

#include "resize.h"

static inline void registry_on_construct(void *object, void *arg)
{
	struct registry *r = (struct registry *)arg;

	if (r->config.construct)
		r->config.construct(registry_payload((struct registry_object *)object),
				    r->config.arg);
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
	return registry_table_init(r);
}

static inline void registry_free(struct registry *r)
{
	struct registry_memory memory = r->config.memory;

	registry_counts_end(&r->counts, &memory);
	memory.free(r, REGISTRY_LINE, sizeof(*r), memory.arg);
}

/*
 * Create an empty registry. Sets *made to it, or to NULL. Returns 0, -ENOMEM, or -EINVAL: the
 * payload is larger than 8 KiB, the number of buckets is no power of two, or only one of
 * memory.alloc and memory.free is set; without a seed also an error of getrandom(); or -ECHILD
 * (fork.h): in a child that was not prepared, whose parent's registries have begun to free objects.
 */
static inline int registry_create(struct registry **made, const struct registry_config *config)
{
	struct registry_memory memory = config->memory;
	lk_u64 generation;
	struct registry *r;
	int err;

	*made = NULL;
	if (config->payload_bytes > REGISTRY_PAYLOAD_MOST ||
	    config->buckets & (config->buckets - 1) || !memory.alloc != !memory.free)
		return -EINVAL;
	err = registry_adopt(&generation);
	if (err)
		return err;
	if (!memory.alloc)
		memory =
			(struct registry_memory){registry_memory_alloc, registry_memory_free, NULL};
	r = (struct registry *)memory.alloc(REGISTRY_LINE, sizeof(*r), memory.arg);
	if (!r)
		return -ENOMEM;
	memset(r, 0, sizeof(*r));
	r->generation = generation;
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

/*
 * Allocate an object with one reference, the caller's. Returns NULL: out of memory, or a child that
 * was not prepared.
 */
static inline struct registry_object *registry_new(struct registry *r, lk_u64 id)
{
	struct registry_object *o =
		registry_orphaned(r->generation)
			? NULL
			: (struct registry_object *)registry_cache_alloc(&r->cache);

	registry_counts_add(&r->counts, o ? REGISTRY_MADE : REGISTRY_NO_MEMORY);
	if (!o)
		return NULL;
	o->node.id = id;
	o->since = 0;
	REGISTRY_COUNT(set)(&o->ref, 1);
	return o;
}

/* Add an object to the list by age as the newest, stamped with the time. Context: r->lock held. */
static inline void registry_add_newest(struct registry *r, struct registry_object *o)
{
	/* Relaxed: see registry_linked(). */
	order_store_relaxed(&o->since, (r->config.now_ns() & ~REGISTRY_LINKED) | REGISTRY_LINKED);
	cds_list_add_tail(&o->age, &r->by_age);
}

/* Link an object, unless its id is there. Context: r->lock held. Returns 0, -EEXIST, -ESHUTDOWN. */
static inline int registry_link(struct registry *r, struct registry_object *o)
{
	if (r->closed)
		return -ESHUTDOWN;
	if (registry_hash_find(&r->table, registry_id(o)))
		return -EEXIST;
	/* Before it can be found: a reader that gets and puts it must see that it is linked. */
	order_store_relaxed(&o->since, REGISTRY_LINKED);
	registry_hash_link(&r->table, &o->node);
	registry_add_newest(r, o);
	r->linked++;
	registry_fit(r);
	return 0;
}

/*
 * Unlink an object, if it is linked. Context: r->lock held, and the caller has a reference or has
 * found the object under that lock. Returns 0 to exactly one of all who try, who then owns the
 * registry's reference, or -ENOENT.
 */
static inline int registry_unlink(struct registry *r, struct registry_object *o)
{
	if (!registry_linked(o))
		return -ENOENT;
	registry_hash_unlink(&r->table, &o->node);
	cds_list_del(&o->age);
	/* Relaxed: see registry_linked(). */
	order_store_relaxed(&o->since, registry_since_ns(o));
	r->linked--;
	registry_fit(r);
	return 0;
}

/*
 * Publish an object of registry_new(): lookups find it from now on. Returns 0: the caller's
 * reference is the registry's now; or -EEXIST: there is one with this id, or -ESHUTDOWN: the
 * registry is being destroyed, or -ECHILD; then the reference is still the caller's, to be put.
 */
static inline int registry_insert(struct registry *r, struct registry_object *o)
{
	int err;

	if (registry_orphaned(r->generation))
		return -ECHILD;
	pthread_mutex_lock(&r->lock);
	err = registry_link(r, o);
	pthread_mutex_unlock(&r->lock);
	registry_counts_add(&r->counts, err ? REGISTRY_DUPLICATE : REGISTRY_INSERTED);
	return err;
}

/*
 * Find an object without getting a reference: its memory is valid until the read-side critical
 * section ends. Context: in such a section, or r->lock held. Returns NULL: there is none.
 */
static LK_INLINE struct registry_object *registry_find(struct registry *r, lk_u64 id)
{
	/* The node is the object's first member. */
	return (struct registry_object *)registry_hash_find(&r->table, id);
}

/*
 * Find an object and get a reference, to be put by registry_put(). Context: any thread of the
 * flavour. Returns NULL: there is none.
 */
static LK_INLINE struct registry_object *registry_lookup(struct registry *r, lk_u64 id)
{
	struct registry_object *o;
	bool dying;

	REGISTRY_URCU(read_lock)();
	o = registry_find(r, id);
	/* Inside the section, because it keeps the memory of the count valid. */
	dying = o && !registry_get(r, o);
	REGISTRY_URCU(read_unlock)();
	if (__builtin_expect(r->config.count_lookups, 0))
		registry_counts_add(&r->counts, dying ? REGISTRY_DYING
						: o   ? REGISTRY_HITS
						      : REGISTRY_MISSES);
	return dying ? NULL : o;
}

/*
 * Unpublish an object: no lookup finds it any more. The caller has a reference of its own, and
 * keeps it. Returns 0, or -ENOENT: it was deleted or reclaimed already, or -ECHILD.
 */
static inline int registry_remove(struct registry *r, struct registry_object *o)
{
	int err;

	if (registry_orphaned(r->generation))
		return -ECHILD;
	pthread_mutex_lock(&r->lock);
	err = registry_unlink(r, o);
	pthread_mutex_unlock(&r->lock);
	registry_counts_add(&r->counts, err ? REGISTRY_ABSENT : REGISTRY_DELETED);
	if (!err)
		registry_put(r, o);
	return err;
}

/* Unpublish the object with this id. Returns 0, -ENOENT or -ECHILD. */
static inline int registry_delete(struct registry *r, lk_u64 id)
{
	struct registry_object *o;
	int err = -ENOENT;

	if (registry_orphaned(r->generation))
		return -ECHILD;
	pthread_mutex_lock(&r->lock);
	o = registry_find(r, id);
	if (o)
		err = registry_unlink(r, o);
	pthread_mutex_unlock(&r->lock);
	registry_counts_add(&r->counts, err ? REGISTRY_ABSENT : REGISTRY_DELETED);
	if (!err)
		registry_put(r, o);
	return err;
}

/*
 * Call see(o, arg) for each object, in no order, until it returns other than 0. It is called in a
 * read-side critical section: it must not wait, and to keep an object it must registry_get() it.
 * Objects that are inserted or deleted meanwhile may or may not be seen. Returns what see()
 * returned last, 0 if there was no object.
 */
static inline int registry_walk(struct registry *r,
				int (*see)(struct registry_object *o, void *arg), void *arg)
{
	const struct registry_side *s;
	int stop = 0;

	REGISTRY_URCU(read_lock)();
	s = registry_hash_side(&r->table);
	for (lk_u64 chain = 0; chain <= s->mask && !stop; chain++) {
		struct registry_node *n = registry_side_first(s, chain);

		for (; n && !stop; n = registry_side_next(s, n))
			stop = see((struct registry_object *)n, arg);
	}
	REGISTRY_URCU(read_unlock)();
	return stop;
}

/* Returns how many objects are linked. */
static inline size_t registry_size(struct registry *r)
{
	size_t n;

	if (registry_orphaned(r->generation))
		return r->linked; /* nobody changes it */
	pthread_mutex_lock(&r->lock);
	n = r->linked;
	pthread_mutex_unlock(&r->lock);
	return n;
}

/* Set `counts`, REGISTRY_COUNTS words, to how often each enum registry_count has happened. */
static inline void registry_counts_of(const struct registry *r, lk_u64 *counts)
{
	registry_counts_read(&r->counts, counts);
}

/* Returns how often the reference counts were misused: the sum of all enum refcount_warning. */
static inline lk_u64 registry_warnings_of(const struct registry *r)
{
	lk_u64 sum = 0;

	/* Relaxed: statistics. */
	for (unsigned int i = 0; i < REFCOUNT_WARNINGS; i++)
		sum += order_load_relaxed(&r->counts.warnings[i]);
	return sum;
}

#endif /* LATCHKIT_REGISTRY_TABLE_H */
