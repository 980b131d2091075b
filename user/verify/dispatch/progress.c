// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * progress.c - how far operations get while others stop for ever or hurry.
 *
 * A thread is stopped in the middle of an operation, at each of its own instructions and some of
 * liburcu's; others try theirs: what does not end then is blocking. And an operation is interrupted
 * by a replacement before each of its instructions: what does not end then is lock-free and not
 * wait-free. What is observed must be what dispatch.h declares.
 */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "verify/core/watch.h"
#include "verify/dispatch/set.h"
#include "verify/core/trap.h"

#define SLOT 0
#define CONTEXTS 8192
#define LIMIT 1000
/* Of instructions that are not the operation's own, every how many is one to stop at. */
#define SOME 16
/* How long an operation is waited for: one that must end, and one that may not. */
#define ENDS_MS 8000
#define BLOCKS_MS 10

enum property { UNKNOWN, WAIT_FREE, LOCK_FREE, BLOCKING };
static const char *const property_names[] = {"-", "wait_free", "lock_free", "blocking"};

static struct progress {
	const struct design *design;
	struct verify_verdict *verdict;
	struct design_place place;
	/* Contexts of who is stopped or interrupted, and of the others. */
	struct registrations pool, others;
	enum property observed[DESIGN_OPERATIONS];
	/* Who is stopped: */
	enum design_operation stopped_in;
	unsigned long from; /* the first boundary that may be the one */
	unsigned long at;
	lk_u64 pc;
	lk_u64 stopped, let_go, ended;
	/* Who tries: one thread, which is known to liburcu before another is stopped. */
	enum design_operation tried;
	lk_u64 begun, done, over; /* operations */
} the_progress;

/* What dispatch.h says of it. */
static enum property declared(const struct design *d, enum design_operation operation)
{
	if (design_waits(d, operation))
		return BLOCKING;
	return d->is_table && operation == DESIGN_REPLACE_ASYNC ? LOCK_FREE : WAIT_FREE;
}

static void observe(struct progress *t, enum design_operation operation, enum property property,
		    const char *when)
{
	struct verify_failure f = {0};

	if (property <= t->observed[operation])
		return;
	t->observed[operation] = property;
	if (property <= declared(t->design, operation))
		return;
	snprintf(f.context, sizeof(f.context), "%s", when);
	design_site(t->design, t->pc, f.site, sizeof(f.site));
	verify_fail(t->verdict, VERIFY_PROGRESS, &f, "%s: observed %s, declared %s",
		    design_operation_name(operation), property_names[property],
		    property_names[declared(t->design, operation)]);
}

/* -- an operation ----------------------------------------------------------------------------- */

/* With a trap or, NULL, at once. Does nothing while no context is free. */
static void run(struct progress *t, struct registrations *pool, enum design_operation operation,
		struct trap *trap)
{
	struct registration_event e = {0};
	struct design_request r = {&t->place, SLOT, NULL, NULL, &e};
	design_call_fn *call = t->design->calls[operation];
	int err;

	if (design_puts_in(operation)) {
		r.in = registration_take(pool);
		if (!r.in)
			return;
		registration_offer(r.in);
	}
	err = trap ? design_trapped(trap, call, &r) : call(&r);
	if (r.in && err)
		registration_refused(r.in);
	if (r.out)
		registration_give_back(r.out);
}

/* -- others hurry ----------------------------------------------------------------------------- */

static void put_first(void *arg)
{
	struct progress *t = arg;

	run(t, &t->others, design_operation(t->design, 'I'), NULL);
}

static void hurry(struct trap *trap)
{
	struct progress *t = trap->arg;
	enum design_operation replace = design_operation(t->design, 'P');

	run(t, &t->others, t->design->calls[replace] ? replace : DESIGN_UNREGISTER, NULL);
}

static void try_hurry(struct progress *t, enum design_operation operation)
{
	struct trap trap = {.at = hurry, .arg = t, .limit = LIMIT};

	put_first(t);
	t->pc = (uintptr_t)t->design->calls[operation];
	run(t, &t->pool, operation, &trap);
	verify_count(t->verdict, "runs", 1);
	verify_most(t->verdict, "steps", trap.endless ? 0 : trap.boundary);
	observe(t, operation, trap.endless ? LOCK_FREE : WAIT_FREE,
		"others replace the handler before each of its instructions");
	run(t, &t->others, DESIGN_UNREGISTER, NULL);
	t->design->barrier();
	verify_alive();
}

/* -- one is stopped for ever ------------------------------------------------------------------ */

static void stop(struct trap *trap)
{
	struct progress *t = trap->arg;

	if (trap->boundary < t->from || (!design_has(t->design, trap->pc) && trap->boundary % SOME))
		return;
	t->at = trap->boundary;
	t->pc = trap->pc;
	trap->limit = 0;
	order_store_release(&t->stopped, 1);
	while (!order_load_acquire(&t->let_go))
		usleep(100);
}

static void be_stopped(void *arg)
{
	struct progress *t = arg;
	struct trap trap = {.at = stop, .arg = t, .limit = LIMIT};

	run(t, &t->pool, t->stopped_in, &trap);
	order_store_release(&t->ended, 1);
}

static void try_all(void *arg)
{
	struct progress *t = arg;
	const struct design *d = t->design;

	d->offline();
	for (lk_u64 n = 0; !order_load_acquire(&t->over); usleep(20)) {
		if (order_load_acquire(&t->begun) == n)
			continue;
		d->online();
		run(t, &t->others, t->tried, NULL);
		d->offline();
		order_store_release(&t->done, ++n);
	}
	d->online();
}

/* Returns whether the operation that is tried ended in that time. */
static bool ends(struct progress *t, unsigned int ms)
{
	for (unsigned int i = 0;
	     i < 10 * ms && order_load_acquire(&t->done) != order_load_acquire(&t->begun); i++)
		usleep(100);
	return order_load_acquire(&t->done) == order_load_acquire(&t->begun);
}

static void try_while_stopped(struct progress *t, enum design_operation operation)
{
	char when[96];
	bool ended;

	t->tried = operation;
	order_store_release(&t->begun, t->begun + 1);
	ended = ends(t, design_waits(t->design, operation) ? BLOCKS_MS : ENDS_MS);
	snprintf(when, sizeof(when), "a thread is stopped for ever before instruction %lu of %s",
		 t->at, design_operation_name(t->stopped_in));
	observe(t, operation, ended ? WAIT_FREE : BLOCKING, when);
	verify_count(t->verdict, "runs", 1);
}

/* Returns false if there is no boundary from t->from on. */
static bool try_stopped(struct progress *t)
{
	/* The last one waits, in turn this and that. */
	const enum design_operation tried[] = {
		DESIGN_HANDLE,		 DESIGN_REPLACE_ASYNC,
		DESIGN_UNREGISTER_ASYNC, DESIGN_REPLACE_ASYNC,
		DESIGN_REGISTER,	 t->from % 2 ? DESIGN_REPLACE : DESIGN_UNREGISTER,
	};
	struct design_thread stopped;

	order_store_release(&t->stopped, 0);
	order_store_release(&t->let_go, 0);
	order_store_release(&t->ended, 0);
	design_thread(&stopped, t->design, be_stopped, t);
	while (!order_load_acquire(&t->stopped) && !order_load_acquire(&t->ended))
		usleep(50);
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]) && order_load_acquire(&t->stopped);
	     i++) {
		bool waiting = design_waits(t->design, tried[i]);

		if (t->design->calls[tried[i]] && !t->verdict->kinds &&
		    !(waiting && t->stopped_in != DESIGN_HANDLE))
			try_while_stopped(t, tried[i]);
	}
	verify_count(t->verdict, "stops", order_load_acquire(&t->stopped));
	order_store_release(&t->let_go, 1);
	pthread_join(stopped.id, NULL);
	if (!ends(t, ENDS_MS))
		verify_give_up(VERIFY_HANG, "an operation does not end when nobody is stopped");
	verify_alive();
	return order_load_acquire(&t->stopped);
}

static void empty(void *arg)
{
	struct progress *t = arg;

	design_empty(t->design, &t->place);
}

static void stop_in(struct progress *t, enum design_operation operation)
{
	bool any = true;

	t->stopped_in = operation;
	t->at = 0;
	for (t->from = 0; any && !t->verdict->kinds && t->from < LIMIT; t->from = t->at + 1) {
		if (!verify_has_time(t->verdict, "all of it"))
			return;
		design_do(t->design, put_first, t);
		any = try_stopped(t);
		design_do(t->design, empty, t);
	}
}

/* -- all of it -------------------------------------------------------------------------------- */

/* What must be seen to block has to be: the check was where it matters. */
static void conclude(struct progress *t)
{
	for (int i = 0; i < DESIGN_OPERATIONS; i++) {
		enum design_operation operation = (enum design_operation)i;

		verify_found(t->verdict, design_operation_name(operation),
			     property_names[t->observed[i]]);
		if (!design_waits(t->design, operation) || t->observed[i] == BLOCKING ||
		    t->verdict->outcome == VERIFY_SKIP)
			continue;
		verify_fail(t->verdict, VERIFY_FREED, NULL,
			    "%s did not wait for a call that never ends",
			    design_operation_name(operation));
	}
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct progress *t = &the_progress;
	const struct design *d = design_of(v);
	struct design_thread trying;

	(void)options;
	*t = (struct progress){.design = d, .verdict = v, .place.stride = DESIGN_PACKED};
	for (int i = 0; i < DESIGN_OPERATIONS; i++)
		verify_found(v, design_operation_name((enum design_operation)i), "-");
	verify_count(v, "runs", 0);
	if (!trap_open(v))
		return;
	if (!registrations_open(&t->pool, CONTEXTS, 0) ||
	    !registrations_open(&t->others, CONTEXTS, 1)) {
		verify_skip(v, "no memory");
		return;
	}
	verify_threads();
	d->enter();
	/* So that all functions are bound: that takes many steps. */
	for (int i = 0; i < DESIGN_OPERATIONS; i++)
		if (d->calls[i])
			run(t, &t->others, (enum design_operation)i, NULL);
	design_empty(d, &t->place);
	for (int i = 0; i < DESIGN_OPERATIONS; i++)
		if (d->calls[i] && !design_waits(d, (enum design_operation)i))
			try_hurry(t, (enum design_operation)i);
	d->leave();
	verify_watch();
	design_thread(&trying, d, try_all, t);
	stop_in(t, DESIGN_HANDLE);
	stop_in(t, design_operation(d, 'T'));
	if (design_is_sound(d))
		stop_in(t, DESIGN_UNREGISTER);
	order_store_release(&t->over, 1);
	pthread_join(trying.id, NULL);
	conclude(t);
	registrations_close(&t->pool);
	registrations_close(&t->others);
}

const struct verify_check verify_dispatch_progress = {
	"progress", "operations end as declared while others stop or hurry",
	"runs",	    NULL,
	run_check,  {NULL}};
