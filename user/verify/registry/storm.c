// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* storm.c - the check storm: threads do everything at once, and the accounts are exact. */
#include <pthread.h>
#include <sched.h>

#include "host/clock.h"
#include "host/random.h"
#include "verify/core/watch.h"
#include "verify/registry/result.h"
#include "verify/registry/set.h"

#define IDS 128
#define STORMERS 3
#define AGE_NS 1000000

struct storm {
	const struct verify_registry_ops *ops;
	void *r;
	lk_u64 stop;
	lk_u64 operations, hits, early; /* of all threads */
};

struct stormer {
	struct storm *storm;
	uint64_t random;
	lk_u64 operations, hits, early;
};

static lk_u64 draw(struct stormer *t, lk_u64 below)
{
	return random_below(&t->random, below);
}

static void yield(void *r)
{
	(void)r;
	sched_yield();
}

/* Look up, hold it for a while, look at it again. */
static void look_up(struct stormer *t, lk_u64 id)
{
	const struct verify_registry_ops *ops = t->storm->ops;
	void *o = ops->lookup(t->storm->r, id);

	if (!o)
		return;
	t->hits++;
	t->early += !ops->whole(o, id);
	if (draw(t, 4) == 0)
		sched_yield();
	t->early += !ops->whole(o, id);
	if (draw(t, 8) == 0)
		ops->remove(t->storm->r, o);
	ops->put(t->storm->r, o);
}

static void *storm_on(void *arg)
{
	struct stormer *t = arg;
	const struct verify_registry_ops *ops = t->storm->ops;
	void *r = t->storm->r;

	ops->enter();
	verify_registry_dropped = yield;
	while (!order_load_acquire(&t->storm->stop)) {
		lk_u64 id = draw(t, IDS), what = draw(t, 16);

		if (what < 4)
			ops->insert(r, id);
		else if (what < 6)
			ops->erase(r, id);
		else if (what < 7)
			ops->shrink(r, AGE_NS, draw(t, 64));
		else if (what < 8)
			ops->shrink(r, 0, draw(t, 4));
		else
			look_up(t, id);
		t->operations++;
	}
	ops->leave();
	return NULL;
}

static void run_storm(const struct verify_options *options, struct verify_verdict *v)
{
	struct registry_result result;
	struct storm s = {0};
	struct stormer t[STORMERS];
	pthread_t threads[STORMERS];
	uint64_t stop = registry_deadline(options);
	lk_u64 started = 0;

	if (!registry_begin(&result, v))
		return;
	s.ops = result.ops;
	s.r = result.r;
	for (; started < STORMERS; started++) {
		t[started] = (struct stormer){.storm = &s, .random = options->seed + started};
		if (pthread_create(&threads[started], NULL, storm_on, &t[started]))
			break;
	}
	verify_watch();
	if (started < STORMERS)
		registry_found(&result, VERIFY_IDLE, "no thread");
	while (clock_now_ns() < stop && !result.failed) {
		s.ops->settle(s.r);
		verify_alive();
		sched_yield();
	}
	order_store_release(&s.stop, 1);
	for (lk_u64 i = 0; i < started; i++) {
		pthread_join(threads[i], NULL);
		result.operations += t[i].operations;
		result.hits += t[i].hits;
		result.early += t[i].early;
	}
	if (!result.hits)
		registry_found(&result, VERIFY_IDLE,
			       "nothing was found: the check has not checked");
	registry_end(&result);
}

const struct verify_check verify_registry_storm = {
	"storm", "lookups, inserts, deletes, expiry and shrinkers at once; accounts are exact",
	"operations", registry_expects, run_storm};
