// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* checks.c - what is tried with a registry; each in a process of its own. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "verify/registry/registry.h"
#include "host/clock.h"
#include "host/random.h"

/* -- what checks share ------------------------------------------------------------------------ */

void registry_found(struct verify_registry_result *result, const char *format, ...)
{
	va_list args;

	if (result->outcome == REGISTRY_FAIL)
		return;
	result->outcome = REGISTRY_FAIL;
	va_start(args, format);
	vsnprintf(result->reason, sizeof(result->reason), format, args);
	va_end(args);
}

static void *begin(const struct verify_registry_ops *ops, struct verify_registry_result *result)
{
	void *r;

	ops->enter();
	r = ops->create();
	if (!r)
		registry_found(result, "no memory for a registry");
	return r;
}

/* Empty it, and judge the accounts: nothing held, nothing lost, nothing freed too early. */
static void settle_accounts(const struct verify_registry_ops *ops, void *r,
			    struct verify_registry_result *result)
{
	struct verify_registry_account *a = &result->account;

	while (ops->shrink(r, 0, 1000))
		;
	ops->settle(r);
	ops->account(r, a);
	result->leaked = a->made - a->freed;
	result->early += a->overwritten;
	if (a->warnings)
		registry_found(result, "references were put %llu times more often than got",
			       a->warnings);
	if (result->early)
		registry_found(result, "%llu objects were used after they were freed",
			       result->early);
	if (result->leaked || a->in_use)
		registry_found(result, "%lld objects were never freed", (long long)result->leaked);
	if (!result->outcome && a->inserted != a->deleted + a->shed)
		registry_found(result, "%llu inserted, %llu deleted and %llu shed", a->inserted,
			       a->deleted, a->shed);
}

static void end(const struct verify_registry_ops *ops, void *r,
		struct verify_registry_result *result)
{
	settle_accounts(ops, r, result);
	/* What is broken is left alone: it may crash or never end. */
	if (!result->outcome && ops->destroy(r))
		registry_found(result, "objects were held at the end, by nobody");
	ops->leave();
}

/* -- shrinker --------------------------------------------------------------------------------- */

#define OBJECTS 200

/* What the thread that shrinks has done to it when it has dropped its lock. */
static struct {
	const struct verify_registry_ops *ops;
	lk_u64 next; /* the object that is next */
	bool freed; /* wait until it is */
	int err;
} meanwhile;

static void delete_the_next(void *r)
{
	verify_registry_dropped = NULL;
	meanwhile.err = meanwhile.ops->erase(r, meanwhile.next);
	if (meanwhile.freed)
		meanwhile.ops->settle(r);
}

static void shrink_meanwhile(const struct verify_registry_ops *ops, bool hold,
			     struct verify_registry_result *result)
{
	void *r = begin(ops, result), *o = NULL;
	size_t shed;

	if (!r)
		return;
	for (lk_u64 id = 0; id < OBJECTS; id++)
		ops->insert(r, id);
	meanwhile.ops = ops;
	meanwhile.next = ops->batch;
	meanwhile.freed = !hold;
	if (hold)
		o = ops->lookup(r, meanwhile.next);
	verify_registry_dropped = delete_the_next;
	shed = ops->shrink(r, 0, OBJECTS / 2);
	verify_registry_dropped = NULL;
	result->operations = shed;
	if (meanwhile.err)
		registry_found(result, "the object could not be deleted: %s",
			       strerror(-meanwhile.err));
	if (hold && !ops->whole(o, meanwhile.next))
		registry_found(result, "the object that is held was freed");
	if (ops->lookup(r, meanwhile.next))
		registry_found(result, "the deleted object is found");
	if (o)
		ops->put(r, o);
	end(ops, r, result);
}

static void run_held(const struct verify_registry_ops *ops, double seconds,
		     struct verify_registry_result *result)
{
	(void)seconds;
	shrink_meanwhile(ops, true, result);
}

static void run_freed(const struct verify_registry_ops *ops, double seconds,
		      struct verify_registry_result *result)
{
	(void)seconds;
	shrink_meanwhile(ops, false, result);
}

/* -- deletes ---------------------------------------------------------------------------------- */

struct duel {
	const struct verify_registry_ops *ops;
	void *r;
	lk_u64 go, done, stop;
	lk_u64 granted; /* of the round */
};

static struct duel *current;

/* Between finding and unlinking, where a registry lets somebody in there: the other delete. */
static void delete_first(void *r)
{
	verify_registry_dropped = NULL;
	if (current->ops->erase(r, 1) == 0)
		order_fetch_add_acq_rel(&current->granted, 1);
}

static void delete_one(struct duel *d, lk_u64 round)
{
	void *o;

	if (round % 2) {
		if (d->ops->erase(d->r, 1) == 0)
			order_fetch_add_acq_rel(&d->granted, 1);
		return;
	}
	o = d->ops->lookup(d->r, 1);
	if (!o)
		return;
	if (d->ops->remove(d->r, o) == 0)
		order_fetch_add_acq_rel(&d->granted, 1);
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

/* Two threads delete one object, by its id or by its pointer: one is told that it did. */
static void run_deletes(const struct verify_registry_ops *ops, double seconds,
			struct verify_registry_result *result)
{
	struct duel d = {.ops = ops, .r = begin(ops, result)};
	uint64_t stop = clock_now_ns() + (uint64_t)(seconds * 1e9);
	pthread_t thread;
	lk_u64 round = 0;

	if (!d.r)
		return;
	current = &d;
	if (pthread_create(&thread, NULL, follow, &d)) {
		registry_found(result, "no thread");
		return;
	}
	while (clock_now_ns() < stop && !result->outcome) {
		ops->insert(d.r, 1);
		d.granted = 0;
		order_store_release(&d.go, ++round);
		for (volatile lk_u64 i = 0; i < round % 128; i++)
			;
		verify_registry_dropped = delete_first;
		delete_one(&d, round);
		while (order_load_acquire(&d.done) != round)
			sched_yield();
		if (d.granted != 1)
			registry_found(result,
				       "%llu of two were told that they had deleted one object",
				       d.granted);
		if (round % 256 == 0)
			ops->settle(d.r);
	}
	verify_registry_dropped = NULL;
	order_store_release(&d.stop, 1);
	pthread_join(thread, NULL);
	result->operations = 2 * round;
	end(ops, d.r, result);
}

/* -- misuse ----------------------------------------------------------------------------------- */

static void run_misuse(const struct verify_registry_ops *ops, double seconds,
		       struct verify_registry_result *result)
{
	const lk_u64 ids[] = {0, 1, 1ULL << 63, ~0ULL};
	void *r = begin(ops, result), *o;

	(void)seconds;
	if (!r)
		return;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (ops->erase(r, ids[i]) != -ENOENT || ops->lookup(r, ids[i]))
			registry_found(result, "id %llu is found before it was inserted", ids[i]);
		if (ops->insert(r, ids[i]))
			registry_found(result, "id %llu is refused", ids[i]);
		/* A put without a get: the registry's own reference. */
		o = ops->lookup(r, ids[i]);
		ops->put(r, o);
		ops->put(r, o);
		ops->settle(r);
		o = ops->lookup(r, ids[i]);
		if (!o || !ops->whole(o, ids[i])) {
			registry_found(result,
				       "a put without a get frees an object that is linked");
			return;
		}
		ops->put(r, o);
		if (ops->insert(r, ids[i]) != -EEXIST)
			registry_found(result, "id %llu is inserted twice", ids[i]);
		if (ops->erase(r, ids[i]) || ops->erase(r, ids[i]) != -ENOENT)
			registry_found(result, "id %llu is not deleted exactly once", ids[i]);
	}
	ops->account(r, &result->account);
	if (result->account.bad_puts != sizeof(ids) / sizeof(ids[0]))
		registry_found(result, "%llu puts without a get were counted",
			       result->account.bad_puts);
	end(ops, r, result);
}

/* -- storm ------------------------------------------------------------------------------------ */

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

static void run_storm(const struct verify_registry_ops *ops, double seconds,
		      struct verify_registry_result *result)
{
	struct storm s = {.ops = ops, .r = begin(ops, result)};
	struct stormer t[STORMERS];
	pthread_t threads[STORMERS];
	uint64_t stop = clock_now_ns() + (uint64_t)(seconds * 1e9);
	int started = 0;

	if (!s.r)
		return;
	for (; started < STORMERS; started++) {
		t[started] = (struct stormer){.storm = &s, .random = (lk_u64)started + 1};
		if (pthread_create(&threads[started], NULL, storm_on, &t[started]))
			break;
	}
	if (started < STORMERS)
		registry_found(result, "no thread");
	while (clock_now_ns() < stop && !result->outcome) {
		ops->settle(s.r);
		sched_yield();
	}
	order_store_release(&s.stop, 1);
	for (int i = 0; i < started; i++) {
		pthread_join(threads[i], NULL);
		result->operations += t[i].operations;
		result->hits += t[i].hits;
		result->early += t[i].early;
	}
	if (!result->hits)
		registry_found(result, "nothing was found: the check has not checked");
	end(ops, s.r, result);
}

/* -- all of them ------------------------------------------------------------------------------ */

/* The longest on a busy machine, and under a sanitizer. */
#define GRACE_S 20
#define STEP_GRACE_S 280

static const struct verify_registry_check checks[] = {
	{"held", "the shrinker's next object is deleted while its lock is dropped, and held",
	 run_held, GRACE_S},
	{"freed", "the same, and freed", run_freed, GRACE_S},
	{"deletes", "of two that delete one object, one is told that it did", run_deletes, GRACE_S},
	{"misuse", "duplicate, unknown and extreme ids, deletes and puts too many", run_misuse,
	 GRACE_S},
	{"step", "another thread or a signal between any two instructions does no harm",
	 verify_registry_step, STEP_GRACE_S},
	{"storm", "lookups, inserts, deletes, expiry and shrinkers at once; accounts are exact",
	 run_storm, GRACE_S},
};

size_t verify_registry_checks_count(void)
{
	return sizeof(checks) / sizeof(checks[0]);
}

const struct verify_registry_check *verify_registry_check_get(size_t i)
{
	return &checks[i];
}

static const struct verify_registry_ops *const subjects[] = {
	&verify_registry_posted, &verify_registry_refcount, &verify_registry_rcuref};

size_t verify_registry_subjects_count(void)
{
	return sizeof(subjects) / sizeof(subjects[0]);
}

const struct verify_registry_ops *verify_registry_subject_get(size_t i)
{
	return subjects[i];
}
