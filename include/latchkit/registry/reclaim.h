/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * shed - unlink what is old, a bounded amount at a time.
 *
 * Objects are in a list by age, so the oldest is always the first. The shrinker takes from there,
 * under the mutex, and drops it now and then to put what it took. What it goes on with is the first
 * object again, whatever that is by then: a position kept while the mutex was dropped could be an
 * object that somebody deleted and freed (registry/posted.h does so).
 *
 * Cost       constant for each object; work is bounded by `scan`
 */
#ifndef LATCHKIT_REGISTRY_RECLAIM_H
#define LATCHKIT_REGISTRY_RECLAIM_H

#include "table.h"

/* How many objects at most while others wait for the mutex. */
#define REGISTRY_BATCH 32

/* Called where the mutex was just dropped; tests let somebody else in there. */
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
 * Unlink the first objects of the list that are old enough, `count` at most; those that must be
 * kept are renewed. Adds to *seen. Under the mutex. Returns how many are in `shed`.
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
 * Shed objects that have been in the registry for `age_ns` or longer, oldest first; 0: whatever
 * there is. Looks at `scan` objects at most. Those that are in use stay until they are put; none
 * is found any more. Any thread of the flavour, not within a callback. Returns how many it shed.
 */
static inline size_t registry_shrink(struct registry *r, lk_u64 age_ns, size_t scan)
{
	struct registry_object *reclaimed[REGISTRY_BATCH];
	size_t all = 0, n, seen, left = scan;

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
 * Renew an object: it counts as just inserted. The caller has a reference. Returns 0, or -ENOENT:
 * it is not linked any more.
 */
static inline int registry_touch(struct registry *r, struct registry_object *o)
{
	bool linked;

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
