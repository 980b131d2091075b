/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reclaim - the shrinker: unlink old objects, a bounded number at a time.
 *
 * Objects are in a list by age, oldest first. The shrinker unlinks from its head under the mutex,
 * which it drops after every batch to put what it unlinked. It then goes on with the new head: a
 * position kept while the mutex was dropped could be an object that was deleted and freed meanwhile
 * (the defect of registry/posted.h).
 *
 * Cost       constant for each object; work is bounded by `scan`
 */
#ifndef LATCHKIT_REGISTRY_RECLAIM_H
#define LATCHKIT_REGISTRY_RECLAIM_H

#include "table.h"

/* How many objects at most are looked at before the mutex is dropped. */
#define REGISTRY_BATCH 32

/* A hook where the mutex was just dropped: tests let another thread run there. */
#ifndef REGISTRY_DROPPED
#define REGISTRY_DROPPED(r) ((void)(r))
#endif

static inline bool registry_old(const struct registry *r, const struct registry_object *o,
				lk_u64 age_ns)
{
	lk_u64 now = r->config.now_ns(), since = registry_since_ns(o);

	return now >= since && now - since >= age_ns;
}

/*
 * Unlink the first objects of the list that are old enough, `count` at most, into `reclaimed`;
 * those that config.keep() spares become the newest. Adds how many it looked at to *seen. Context:
 * r->lock held. Returns how many are in `reclaimed`.
 */
static inline size_t registry_unlink_old(struct registry *r, lk_u64 age_ns, size_t count,
					 struct registry_object **reclaimed, size_t *seen)
{
	size_t n = 0;

	for (size_t i = 0; i < count && !cds_list_empty(&r->by_age); i++) {
		struct registry_object *o =
			cds_list_entry(r->by_age.next, struct registry_object, age);

		if (!registry_old(r, o, age_ns))
			break;
		++*seen;
		if (r->config.keep && r->config.keep(o, r->config.arg)) {
			cds_list_del(&o->age);
			registry_add_newest(r, o);
			registry_counts_add(&r->counts, REGISTRY_KEPT);
		} else if (registry_unlink(r, o) == 0) {
			registry_counts_add(&r->counts, REGISTRY_RECLAIMED);
			reclaimed[n++] = o;
		}
	}
	return n;
}

/*
 * Unlink objects that were inserted or touched `age_ns` or longer ago, oldest first; 0: any age.
 * Looks at `scan` objects at most. Lookups find none of them any more; those with references are
 * freed when they are put. Context: any thread of the flavour, not within a callback. Returns how
 * many it unlinked; in a child that was not prepared, none.
 */
static inline size_t registry_shrink(struct registry *r, lk_u64 age_ns, size_t scan)
{
	struct registry_object *reclaimed[REGISTRY_BATCH];
	size_t all = 0, n, seen, left = scan;

	if (registry_orphaned(r->generation))
		return 0;
	do {
		size_t batch = left < REGISTRY_BATCH ? left : REGISTRY_BATCH;

		seen = 0;
		pthread_mutex_lock(&r->lock);
		n = registry_unlink_old(r, age_ns, batch, reclaimed, &seen);
		pthread_mutex_unlock(&r->lock);
		REGISTRY_DROPPED(r);
		for (size_t i = 0; i < n; i++)
			registry_put(r, reclaimed[i]);
		all += n;
		left -= seen;
	} while (left && seen == REGISTRY_BATCH);
	return all;
}

/*
 * Touch an object: its age starts again at 0. The caller has a reference. Returns 0, or -ENOENT: it
 * is not linked any more, or -ECHILD.
 */
static inline int registry_touch(struct registry *r, struct registry_object *o)
{
	bool linked;

	if (registry_orphaned(r->generation))
		return -ECHILD;
	pthread_mutex_lock(&r->lock);
	linked = registry_linked(o);
	if (linked) {
		cds_list_del(&o->age);
		registry_add_newest(r, o);
	}
	pthread_mutex_unlock(&r->lock);
	return linked ? 0 : -ENOENT;
}

#endif /* LATCHKIT_REGISTRY_RECLAIM_H */
