/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * end - wait until objects that were put are freed; shut a registry down.
 */
#ifndef LATCHKIT_REGISTRY_END_H
#define LATCHKIT_REGISTRY_END_H

#include "reclaim.h"

/* What happens to objects that still have references when the registry is destroyed. */
enum registry_end {
	REGISTRY_WAIT, /* wait until they are put, however long that takes */
	REGISTRY_LEAK /* return: they stay valid until they are put, the registry's memory leaks */
};

/* What registry_destroy() returns in a child that was not prepared: see fork.h. */
#define REGISTRY_ORPHANED ((size_t)-1)

/* How often registry_destroy() polls for that. */
#define REGISTRY_LOOK_US 500

/*
 * Wait until all objects whose last reference was put before have been freed. Context: not in a
 * read-side critical section, nor in release(). Returns 0 or -ECHILD.
 */
static inline int registry_settle(struct registry *r)
{
	if (registry_orphaned(r->generation))
		return -ECHILD;
	REGISTRY_URCU(barrier)();
	return 0;
}

static inline void registry_close(struct registry *r)
{
	pthread_mutex_lock(&r->lock);
	r->closed = true;
	pthread_mutex_unlock(&r->lock);
}

/* Unlink all objects, whatever their age. */
static inline void registry_empty(struct registry *r)
{
	struct registry_object *o;

	do {
		pthread_mutex_lock(&r->lock);
		o = cds_list_empty(&r->by_age)
			    ? NULL
			    : cds_list_entry(r->by_age.next, struct registry_object, age);
		if (o)
			registry_unlink(r, o);
		pthread_mutex_unlock(&r->lock);
		if (o)
			registry_put(r, o);
	} while (o);
}

static inline void registry_wait_for_puts(struct registry *r)
{
	while (registry_cache_in_use(&r->cache)) {
		REGISTRY_URCU(thread_offline)();
		usleep(REGISTRY_LOOK_US);
		REGISTRY_URCU(thread_online)();
		registry_settle(r);
	}
}

/*
 * Refuse inserts from now on, unlink everything, and free the registry. No other thread may call
 * any function with it any more, except registry_put(). Context: as registry_settle(). Returns how
 * many objects still had references: with REGISTRY_WAIT they have been put by now; with
 * REGISTRY_LEAK, if it is not 0, the registry's memory stays, so that they can be. Returns
 * REGISTRY_ORPHANED, and has done nothing, in a child that was not prepared.
 */
static inline size_t registry_destroy(struct registry *r, enum registry_end how)
{
	size_t held;

	if (registry_orphaned(r->generation))
		return REGISTRY_ORPHANED;
	registry_close(r);
	registry_empty(r);
	registry_settle(r);
	held = registry_cache_in_use(&r->cache);
	if (held && how == REGISTRY_WAIT)
		registry_wait_for_puts(r);
	/* The callback that freed the last one, or that resizes, may still be running. */
	registry_settle(r);
	registry_table_free(r);
	if (held && how == REGISTRY_LEAK)
		return held;
	registry_cache_end(&r->cache);
	pthread_mutex_destroy(&r->lock);
	registry_free(r);
	return held;
}

#endif /* LATCHKIT_REGISTRY_END_H */
