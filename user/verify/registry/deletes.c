// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * deletes.c - the check deletes: two threads delete one object, and one of them is told that it
 * did.
 */
#include <sched.h>

#include "verify/core/watch.h"
#include "verify/registry/result.h"
#include "verify/registry/set.h"

struct duel {
	const struct verify_registry_ops *ops;
	void *r;
	lk_u64 go, done, stop;
	lk_u64 granted; /* of the round */
};

static struct duel *current;

/* The rival delete: where a registry has dropped its lock between finding and unlinking. */
static void delete_first(void *r)
{
	verify_registry_dropped = NULL;
	if (current->ops->erase(r, 1) == 0)
		order_fetch_add_acq_rel(&current->granted, 1);
}

/* By its id or by its pointer. */
static void delete_one(struct duel *d, lk_u64 round)
{
	void *o = round % 2 ? NULL : d->ops->lookup(d->r, 1);

	if (round % 2 ? d->ops->erase(d->r, 1) == 0 : o && d->ops->remove(d->r, o) == 0)
		order_fetch_add_acq_rel(&d->granted, 1);
	if (o)
		d->ops->put(d->r, o);
}

static void *follow(void *arg)
{
	struct duel *d = arg;

	d->ops->enter();
	for (lk_u64 round = 1;; round++) {
		while (order_load_acquire(&d->go) != round) {
			if (order_load_acquire(&d->stop)) {
				d->ops->leave();
				return NULL;
			}
			sched_yield();
		}
		delete_one(d, round / 2);
		order_store_release(&d->done, round);
	}
}

static void run_deletes(const struct verify_options *options, struct verify_verdict *v)
{
	struct registry_result result;
	struct duel d = {0};
	pthread_t thread;
	lk_u64 round = 0;

	if (!registry_begin(&result, v))
		return;
	d.ops = result.ops;
	d.r = result.r;
	current = &d;
	thread = verify_thread(follow, &d);
	verify_part(options, REGISTRY_SECONDS, 1);
	while (!verify_part_is_over() && !v->kinds) {
		verify_alive();
		d.ops->insert(d.r, 1);
		d.granted = 0;
		order_store_release(&d.go, ++round);
		for (volatile lk_u64 i = 0; i < round % 128; i++)
			;
		verify_registry_dropped = delete_first;
		delete_one(&d, round);
		while (order_load_acquire(&d.done) != round)
			sched_yield();
		if (d.granted != 1)
			verify_fail(v, VERIFY_TWICE, NULL,
				    "%llu of two were told that they had deleted one object",
				    d.granted);
		if (round % 256 == 0)
			d.ops->settle(d.r);
	}
	verify_registry_dropped = NULL;
	order_store_release(&d.stop, 1);
	pthread_join(thread, NULL);
	result.operations = 2 * round;
	registry_end(&result);
}

const struct verify_check verify_registry_deletes = {
	"deletes",    "of two that delete one object, one is told that it did",
	"operations", registry_expects,
	run_deletes,  {NULL}};
