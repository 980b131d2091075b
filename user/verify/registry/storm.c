// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* storm.c - the check storm: threads do everything at once, and the accounts are exact. */
#include <sched.h>

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
	static struct storm s;
	static struct stormer t[STORMERS];
	struct registry_result result;
	pthread_t threads[STORMERS];

	if (!registry_begin(&result, v))
		return;
	s = (struct storm){.ops = result.ops, .r = result.r};
	for (lk_u64 i = 0; i < STORMERS; i++) {
		t[i] = (struct stormer){.storm = &s, .random = options->seed + i};
		threads[i] = verify_thread(storm_on, &t[i]);
	}
	for (verify_part(options, REGISTRY_SECONDS, 1); !verify_part_is_over(); sched_yield()) {
		s.ops->settle(s.r);
		verify_alive();
	}
	order_store_release(&s.stop, 1);
	for (lk_u64 i = 0; i < STORMERS; i++) {
		pthread_join(threads[i], NULL);
		result.operations += t[i].operations;
		result.hits += t[i].hits;
		result.early += t[i].early;
	}
	if (!result.hits)
		verify_fail(v, VERIFY_IDLE, NULL, "nothing was found: the check has not checked");
	registry_end(&result);
}

const struct verify_check verify_registry_storm = {
	"storm",      "lookups, inserts, deletes, expiry and shrinkers at once; accounts are exact",
	"operations", registry_expects,
	run_storm,    {NULL}};
