// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * lifetime.c - is a context used after it was given back? One that is given back is
 * poisoned, so that a handler which uses it shows, without a sanitizer.
 *
 * For each way to take a handler out: first a call is held within the handler while another thread
 * takes it out, and must not be given it before the call ends. Then one thread swaps flat out, each
 * time with a new context, while others call.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "verify/core/watch.h"
#include "verify/dispatch/set.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Seconds of all races of a design, unless told. */
#define SECONDS 0.8
#define CALLERS_MAX 8
#define CONTEXTS 8192
/* How long a call is held: where it must not be given back, and where that must be seen. */
#define HOLD_MS 20
#define SEE_MS 5000
#define BATCH 64

/* Take out what is in slot 0, and put a new one in. */
static const struct way {
	const char *name;
	enum design_operation out; /* a replacement, or an unregistration */
} ways[] = {
	{"replaced", DESIGN_REPLACE},
	{"replaced, asynchronously,", DESIGN_REPLACE_ASYNC},
	{"unregistered", DESIGN_UNREGISTER},
	{"unregistered, asynchronously,", DESIGN_UNREGISTER_ASYNC},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static bool way_replaces(const struct way *way)
{
	return way->out == DESIGN_REPLACE || way->out == DESIGN_REPLACE_ASYNC;
}

static struct life {
	const struct design *design;
	struct design_place place;
	const struct way *way;
	struct registrations pool;
	lk_u64 stop, swaps, failed; /* failed: an operation refused what it must not */
	/* Of a call that is held: */
	lk_u64 inside, let_go, removed;
	struct registration_event held;
	struct caller {
		pthread_t thread;
		lk_u64 calls, freed, mixed;
	} callers[CALLERS_MAX];
} life;

static lk_u64 get(const lk_u64 *p)
{
	return order_load_acquire(p);
}

static void set(lk_u64 *p, lk_u64 value)
{
	order_store_release(p, value);
}

static enum design_operation first_in(void)
{
	return life.design->is_table ? DESIGN_REGISTER : DESIGN_REPLACE;
}

/* Returns 0, or an errno. Contexts that calls still use come back: then there is one to take. */
static int put_in(enum design_operation operation)
{
	int err;

	while ((err = design_put(life.design, operation, &life.place, 0, &life.pool)) == -ENOMEM)
		life.design->barrier();
	return err;
}

static int swap(void)
{
	int err;

	if (way_replaces(life.way))
		return put_in(life.way->out);
	err = design_take(life.design, life.way->out, &life.place, 0);
	return err ? err : put_in(first_in());
}

/* -- held ------------------------------------------------------------------------------------- */

static void hold(struct registration_event *e)
{
	(void)e;
	set(&life.inside, 1);
	while (!get(&life.let_go))
		usleep(100);
}

static void *call_held(void *arg)
{
	(void)arg;
	life.design->enter();
	life.held = (struct registration_event){.within = hold};
	design_handle(life.design, &life.place, 0, &life.held);
	life.design->leave();
	return NULL;
}

static void *swap_held(void *arg)
{
	(void)arg;
	life.design->enter();
	if (swap())
		set(&life.failed, 1);
	life.design->leave();
	return NULL;
}

static void *put_first(void *arg)
{
	(void)arg;
	life.design->enter();
	if (put_in(first_in()))
		set(&life.failed, 1);
	life.design->leave();
	return NULL;
}

static void *empty(void *arg)
{
	(void)arg;
	life.design->enter();
	design_empty(life.design, &life.place);
	life.design->leave();
	return NULL;
}

static pthread_t start(void *(*main_)(void *), void *arg)
{
	pthread_t thread;

	verify_threads();
	if (pthread_create(&thread, NULL, main_, arg))
		verify_give_up(VERIFY_IDLE, "no threads");
	verify_watch();
	return thread;
}

static void do_in_thread(void *(*main_)(void *))
{
	pthread_join(start(main_, NULL), NULL);
}

static bool begin(struct verify_verdict *v, const struct way *way)
{
	memset(&life, 0, sizeof(life));
	life.design = design_of(v);
	life.place.stride = DESIGN_PACKED;
	life.way = way;
	if (!registrations_open(&life.pool, CONTEXTS, 0)) {
		verify_skip(v, "no memory");
		return false;
	}
	do_in_thread(put_first);
	return true;
}

static void finish(struct verify_verdict *v)
{
	struct verify_failure f = {0};
	lk_u64 lost;

	do_in_thread(empty);
	lost = registrations_lost(&life.pool);
	registrations_close(&life.pool);
	snprintf(f.context, sizeof(f.context), "%s", life.way->name);
	snprintf(f.read, sizeof(f.read), "%llu registrations were never given back", lost);
	if (lost)
		verify_fail(v, VERIFY_LOST, &f);
	snprintf(f.read, sizeof(f.read), "a handler could not be put in or taken out");
	if (get(&life.failed))
		verify_fail(v, VERIFY_WRONG, &f);
	verify_alive();
}

static void fail_freed(struct verify_verdict *v, const char *what)
{
	struct verify_failure f = {0};

	snprintf(f.context, sizeof(f.context), "the handler was %s by another thread",
		 life.way->name);
	snprintf(f.read, sizeof(f.read), "%s", what);
	verify_fail(v, VERIFY_FREED, &f);
}

static void try_held(struct verify_verdict *v, const struct way *way)
{
	unsigned int ms = design_is_sound(design_of(v)) ? HOLD_MS : SEE_MS;
	lk_u64 before = registration_counts().given_back;
	pthread_t caller, swapper;
	bool given_back = false;

	if (!begin(v, way))
		return;
	caller = start(call_held, NULL);
	while (!get(&life.inside))
		usleep(100);
	swapper = start(swap_held, NULL);
	for (unsigned int i = 0; i < ms && !given_back; i++) {
		usleep(1000);
		given_back = registration_counts().given_back != before;
	}
	set(&life.let_go, 1);
	pthread_join(caller, NULL);
	pthread_join(swapper, NULL);
	verify_count(v, "held", 1);
	verify_count(v, "given back held", given_back);
	if (given_back || life.held.freed)
		fail_freed(v, "the context was given back while its handler ran, and used then");
	finish(v);
}

/* -- raced ------------------------------------------------------------------------------------ */

static void *call(void *arg)
{
	struct caller *c = arg;

	life.design->enter();
	while (!get(&life.stop)) {
		for (int i = 0; i < BATCH; i++) {
			struct registration_event e = {0};

			design_handle(life.design, &life.place, 0, &e);
			c->calls += e.calls;
			c->freed += e.freed != 0;
			c->mixed += e.mixed != 0;
		}
		life.design->quiescent();
	}
	life.design->leave();
	return NULL;
}

static void *swap_flat_out(void *arg)
{
	(void)arg;
	life.design->enter();
	while (!get(&life.stop)) {
		if (swap())
			set(&life.failed, 1);
		set(&life.swaps, life.swaps + 1);
		life.design->quiescent();
	}
	life.design->leave();
	return NULL;
}

static void wait_for(double seconds)
{
	uint64_t end = clock_now_ns() + (uint64_t)(seconds * 1e9);
	lk_u64 before = 0;

	while (clock_now_ns() < end) {
		usleep(5000);
		if (get(&life.swaps) != before)
			verify_alive();
		before = get(&life.swaps);
	}
	set(&life.stop, 1);
}

static void try_raced(struct verify_verdict *v, const struct way *way, double seconds)
{
	unsigned int callers = cpus_count() < 2 ? 1 : cpus_count() - 1;
	lk_u64 calls = 0, freed = 0;
	pthread_t swapper;
	char what[96];

	if (!begin(v, way))
		return;
	if (callers > CALLERS_MAX)
		callers = CALLERS_MAX;
	for (unsigned int i = 0; i < callers; i++)
		life.callers[i].thread = start(call, &life.callers[i]);
	swapper = start(swap_flat_out, NULL);
	wait_for(seconds);
	pthread_join(swapper, NULL);
	for (unsigned int i = 0; i < callers; i++) {
		struct caller *c = &life.callers[i];

		pthread_join(c->thread, NULL);
		calls += c->calls;
		freed += c->freed;
		verify_count(v, "mixed", c->mixed);
	}
	verify_count(v, "swaps", life.swaps);
	verify_count(v, "calls", calls);
	verify_count(v, "freed", freed);
	snprintf(what, sizeof(what), "%llu of %llu calls used a context after it was given back",
		 freed, calls);
	if (freed)
		fail_freed(v, what);
	finish(v);
}

static void require_enough(struct verify_verdict *v)
{
	struct verify_failure f = {0};

	if (v->kinds || v->outcome == VERIFY_SKIP ||
	    (verify_counted(v, "swaps") > 10 && verify_counted(v, "calls") > 100))
		return;
	snprintf(f.read, sizeof(f.read), "%llu swaps under %llu calls: too few",
		 verify_counted(v, "swaps"), verify_counted(v, "calls"));
	verify_fail(v, VERIFY_IDLE, &f);
}

static bool has(const struct design *d, const struct way *way)
{
	return d->calls[way->out];
}

static void run(const struct verify_options *options, struct verify_verdict *v)
{
	const struct design *d = design_of(v);
	double seconds = options->seconds > 0 ? options->seconds : SECONDS;
	unsigned int count = 0;

	verify_count(v, "swaps", 0);
	for (size_t i = 0; i < WAYS; i++)
		count += has(d, &ways[i]);
	for (size_t i = 0; i < WAYS; i++) {
		if (!has(d, &ways[i]) || (v->kinds && design_is_sound(d)))
			continue;
		try_held(v, &ways[i]);
		if (!(v->kinds && design_is_sound(d)) && v->outcome != VERIFY_SKIP)
			try_raced(v, &ways[i], seconds / count);
	}
	require_enough(v);
}

/* What is given back at once is used again at once: then another one's context is found, too. */
static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	if (design_is_sound(subject->self))
		return (struct verify_expected_failures){0, 0};
	return (struct verify_expected_failures){VERIFY_BIT(VERIFY_FREED), 0};
}

const struct verify_check verify_dispatch_lifetime = {
	"lifetime", "nothing is used after it was given back", "swaps", expects, run};
