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
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "verify/core/watch.h"
#include "verify/dispatch/set.h"
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

static struct life {
	const struct design *design;
	struct design_place place;
	const struct way *way;
	struct registrations pool;
	lk_u64 stop, swaps, failed; /* failed: an operation refused what it must not */
	/* Of a call that is held: */
	lk_u64 inside, let_go;
	struct registration_event held;
	struct caller {
		struct design_thread thread;
		lk_u64 calls, freed, mixed;
	} callers[CALLERS_MAX];
} life;

/* When no context is free, wait for a grace period: it gives those back that calls used. */
static void put_in(enum design_operation operation)
{
	int err;

	while ((err = design_put(life.design, operation, &life.place, 0, &life.pool)) == -ENOMEM)
		life.design->barrier();
	if (err)
		order_store_release(&life.failed, 1);
}

static void put_first(void *unused)
{
	(void)unused;
	put_in(design_operation(life.design, 'I'));
}

static void swap(void *unused)
{
	if (design_puts_in(life.way->out))
		put_in(life.way->out);
	else if (design_take(life.design, life.way->out, &life.place, 0))
		order_store_release(&life.failed, 1);
	else
		put_first(unused);
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
	design_do(life.design, put_first, NULL);
	return true;
}

static void empty(void *unused)
{
	(void)unused;
	design_empty(life.design, &life.place);
}

/* freed: what was seen of a context that was given back too early, "" for nothing. */
static void finish(struct verify_verdict *v, const char *freed)
{
	struct verify_failure f = {0};
	lk_u64 lost;

	design_do(life.design, empty, NULL);
	lost = registrations_lost(&life.pool);
	registrations_close(&life.pool);
	snprintf(f.context, sizeof(f.context), "the handler was %s by another thread",
		 life.way->name);
	if (*freed)
		verify_fail(v, VERIFY_FREED, &f, "%s", freed);
	if (lost)
		verify_fail(v, VERIFY_LOST, &f, "%llu registrations were never given back", lost);
	if (order_load_acquire(&life.failed))
		verify_fail(v, VERIFY_WRONG, &f, "a handler could not be put in or taken out");
	verify_alive();
}

/* -- held ------------------------------------------------------------------------------------- */

static void hold(struct registration_event *e)
{
	(void)e;
	order_store_release(&life.inside, 1);
	while (!order_load_acquire(&life.let_go))
		usleep(100);
}

static void call_held(void *unused)
{
	(void)unused;
	life.held = (struct registration_event){.within = hold};
	design_handle(life.design, &life.place, 0, &life.held);
}

static void try_held(struct verify_verdict *v, const struct way *way)
{
	unsigned int ms = design_is_sound(design_of(v)) ? HOLD_MS : SEE_MS;
	lk_u64 before = registration_counts().given_back;
	struct design_thread caller, swapper;
	bool given_back = false;

	if (!begin(v, way))
		return;
	design_thread(&caller, life.design, call_held, NULL);
	while (!order_load_acquire(&life.inside))
		usleep(100);
	design_thread(&swapper, life.design, swap, NULL);
	for (unsigned int i = 0; i < ms && !given_back; i++) {
		usleep(1000);
		given_back = registration_counts().given_back != before;
	}
	order_store_release(&life.let_go, 1);
	pthread_join(caller.id, NULL);
	pthread_join(swapper.id, NULL);
	verify_count(v, "held", 1);
	verify_count(v, "given back held", given_back);
	finish(v, given_back || life.held.freed
			  ? "the context was given back while its handler ran, and used then"
			  : "");
}

/* -- raced ------------------------------------------------------------------------------------ */

static void call(void *arg)
{
	struct caller *c = arg;

	while (!order_load_acquire(&life.stop)) {
		for (int i = 0; i < BATCH; i++) {
			struct registration_event e = {0};

			design_handle(life.design, &life.place, 0, &e);
			c->calls += e.calls;
			c->freed += e.freed != 0;
			c->mixed += e.mixed != 0;
		}
		life.design->quiescent();
	}
}

static void swap_flat_out(void *unused)
{
	while (!order_load_acquire(&life.stop)) {
		swap(unused);
		order_store_release(&life.swaps, life.swaps + 1);
		life.design->quiescent();
	}
}

static void try_raced(const struct verify_options *options, struct verify_verdict *v,
		      const struct way *way, unsigned int parts)
{
	unsigned int callers = cpus_count() < 2 ? 1 : cpus_count() - 1;
	lk_u64 calls = 0, freed = 0;
	struct design_thread swapper;
	char what[96] = "";

	if (!begin(v, way))
		return;
	if (callers > CALLERS_MAX)
		callers = CALLERS_MAX;
	for (unsigned int i = 0; i < callers; i++)
		design_thread(&life.callers[i].thread, life.design, call, &life.callers[i]);
	design_thread(&swapper, life.design, swap_flat_out, NULL);
	for (verify_part(options, SECONDS, parts); !verify_part_is_over(); usleep(5000))
		verify_alive_by(order_load_acquire(&life.swaps));
	order_store_release(&life.stop, 1);
	pthread_join(swapper.id, NULL);
	for (unsigned int i = 0; i < callers; i++) {
		struct caller *c = &life.callers[i];

		pthread_join(c->thread.id, NULL);
		calls += c->calls;
		freed += c->freed;
		verify_count(v, "mixed", c->mixed);
	}
	verify_count(v, "swaps", life.swaps);
	verify_count(v, "calls", calls);
	verify_count(v, "freed", freed);
	if (freed)
		snprintf(what, sizeof(what),
			 "%llu of %llu calls used a context after it was given back", freed, calls);
	finish(v, what);
}

static void require_enough(struct verify_verdict *v)
{
	lk_u64 swaps = verify_counted(v, "swaps"), calls = verify_counted(v, "calls");

	if (!v->kinds && v->outcome != VERIFY_SKIP && (swaps <= 10 || calls <= 100))
		verify_fail(v, VERIFY_IDLE, NULL, "%llu swaps under %llu calls: too few", swaps,
			    calls);
}

static void run(const struct verify_options *options, struct verify_verdict *v)
{
	const struct design *d = design_of(v);
	unsigned int count = 0;

	for (size_t i = 0; i < WAYS; i++)
		count += d->calls[ways[i].out] != NULL;
	for (size_t i = 0; i < WAYS && verify_goes_on(v); i++) {
		if (!d->calls[ways[i].out])
			continue;
		try_held(v, &ways[i]);
		if (verify_goes_on(v))
			try_raced(options, v, &ways[i], count);
	}
	require_enough(v);
}

/* What is given back at once is used again at once: then another one's context is found, too. */
static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	(void)subject;
	return (struct verify_expected_failures){VERIFY_BIT(VERIFY_FREED), 0};
}

const struct verify_check verify_dispatch_lifetime = {
	"lifetime", "nothing is used after it was given back", "swaps", expects, run, {"swaps"}};
