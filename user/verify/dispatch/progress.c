// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * progress.c - how far operations get while others stop for ever or hurry.
 *
 * A thread is stopped in the middle of an operation, at each of its own instructions and some of
 * liburcu's; others try theirs: what does not end then is blocking. And an operation is interrupted
 * by a replacement before each of its instructions: what does not end then is lock-free and not
 * wait-free. What is observed must be what dispatch.h declares.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
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

static lk_u64 get(const lk_u64 *p)
{
	return order_load_acquire(p);
}

static void set(lk_u64 *p, lk_u64 value)
{
	order_store_release(p, value);
}

static bool waits(const struct design *d, enum design_operation operation)
{
	return design_is_sound(d) &&
	       (operation == DESIGN_REPLACE || operation == DESIGN_UNREGISTER);
}

/* What dispatch.h says of it. */
static enum property declared(const struct design *d, enum design_operation operation)
{
	if (waits(d, operation))
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
	snprintf(f.read, sizeof(f.read), "%s: observed %s, declared %s",
		 design_operation_name(operation), property_names[property],
		 property_names[declared(t->design, operation)]);
	snprintf(f.context, sizeof(f.context), "%s", when);
	design_site(t->design, t->pc, f.site, sizeof(f.site));
	verify_fail(t->verdict, VERIFY_PROGRESS, &f);
}

/* -- an operation ----------------------------------------------------------------------------- */

static bool puts_in(enum design_operation operation)
{
	return operation == DESIGN_REGISTER || operation == DESIGN_REPLACE ||
	       operation == DESIGN_REPLACE_ASYNC;
}

/* With a trap or, NULL, at once. Not if no context is free: others will be. */
static void run(struct progress *t, struct registrations *pool, enum design_operation operation,
		struct trap *trap)
{
	struct registration_event e = {0};
	struct design_request r = {&t->place, SLOT, NULL, NULL, &e};
	design_call_fn *call = t->design->calls[operation];
	int err;

	if (puts_in(operation)) {
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

static enum design_operation first_in(const struct design *d)
{
	return d->is_table ? DESIGN_REGISTER : DESIGN_REPLACE;
}

/* -- others hurry ----------------------------------------------------------------------------- */

static void hurry(struct trap *trap)
{
	struct progress *t = trap->arg;
	const struct design *d = t->design;

	if (d->calls[DESIGN_REPLACE_ASYNC])
		run(t, &t->others, DESIGN_REPLACE_ASYNC, NULL);
	else if (d->calls[DESIGN_REPLACE])
		run(t, &t->others, DESIGN_REPLACE, NULL);
	else
		run(t, &t->others, DESIGN_UNREGISTER, NULL);
}

static void try_hurry(struct progress *t, enum design_operation operation)
{
	struct trap trap = {.at = hurry, .arg = t, .limit = LIMIT};

	run(t, &t->others, first_in(t->design), NULL);
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
	lk_u64 own = trap->pc - (uintptr_t)t->design->begin;

	if (trap->boundary < t->from)
		return;
	if (own >= (lk_u64)(t->design->end - t->design->begin) && trap->boundary % SOME)
		return;
	t->at = trap->boundary;
	t->pc = trap->pc;
	trap->limit = 0;
	set(&t->stopped, 1);
	while (!get(&t->let_go))
		usleep(100);
}

static void *be_stopped(void *arg)
{
	struct progress *t = arg;
	struct trap trap = {.at = stop, .arg = t, .limit = LIMIT};

	t->design->enter();
	run(t, &t->pool, t->stopped_in, &trap);
	t->design->leave();
	set(&t->ended, 1);
	return NULL;
}

static void *try_all(void *arg)
{
	struct progress *t = arg;
	const struct design *d = t->design;

	d->enter();
	d->offline();
	for (lk_u64 n = 0; !get(&t->over); usleep(20)) {
		if (get(&t->begun) == n)
			continue;
		d->online();
		run(t, &t->others, t->tried, NULL);
		d->offline();
		set(&t->done, ++n);
	}
	d->online();
	d->leave();
	return NULL;
}

static pthread_t start(struct progress *t, void *(*main_)(void *arg))
{
	pthread_t thread;

	verify_threads();
	if (pthread_create(&thread, NULL, main_, t))
		verify_give_up(VERIFY_IDLE, "no threads");
	verify_watch();
	return thread;
}

/* Returns whether the operation that is tried ended in that time. */
static bool ends(struct progress *t, unsigned int ms)
{
	for (unsigned int i = 0; i < 10 * ms && get(&t->done) != get(&t->begun); i++)
		usleep(100);
	return get(&t->done) == get(&t->begun);
}

static void try_while_stopped(struct progress *t, enum design_operation operation)
{
	char when[96];
	bool ended;

	t->tried = operation;
	set(&t->begun, t->begun + 1);
	ended = ends(t, waits(t->design, operation) ? BLOCKS_MS : ENDS_MS);
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
	pthread_t stopped;

	set(&t->stopped, 0);
	set(&t->let_go, 0);
	set(&t->ended, 0);
	stopped = start(t, be_stopped);
	while (!get(&t->stopped) && !get(&t->ended))
		usleep(50);
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]) && get(&t->stopped); i++) {
		bool waiting = waits(t->design, tried[i]);

		if (t->design->calls[tried[i]] && !t->verdict->kinds &&
		    !(waiting && t->stopped_in != DESIGN_HANDLE))
			try_while_stopped(t, tried[i]);
	}
	verify_count(t->verdict, "stops", get(&t->stopped));
	set(&t->let_go, 1);
	pthread_join(stopped, NULL);
	if (!ends(t, ENDS_MS))
		verify_give_up(VERIFY_HANG, "an operation does not end when nobody is stopped");
	verify_alive();
	return get(&t->stopped);
}

static void *begin(void *arg)
{
	struct progress *t = arg;

	t->design->enter();
	run(t, &t->others, first_in(t->design), NULL);
	t->design->leave();
	return NULL;
}

static void *empty(void *arg)
{
	struct progress *t = arg;

	t->design->enter();
	design_empty(t->design, &t->place);
	t->design->leave();
	return NULL;
}

static void stop_in(struct progress *t, enum design_operation operation)
{
	bool any = true;

	t->stopped_in = operation;
	t->at = 0;
	for (t->from = 0; any && !t->verdict->kinds && t->from < LIMIT; t->from = t->at + 1) {
		if (verify_time_is_up()) {
			verify_skip(t->verdict, "--seconds was not enough for all of it");
			return;
		}
		pthread_join(start(t, begin), NULL);
		any = try_stopped(t);
		pthread_join(start(t, empty), NULL);
	}
}

/* -- all of it -------------------------------------------------------------------------------- */

/* What must be seen to block has to be: the check was where it matters. */
static void conclude(struct progress *t)
{
	struct verify_failure f = {0};

	for (int i = 0; i < DESIGN_OPERATIONS; i++) {
		enum design_operation operation = (enum design_operation)i;

		verify_found(t->verdict, design_operation_name(operation),
			     property_names[t->observed[i]]);
		if (!waits(t->design, operation) || t->observed[i] == BLOCKING ||
		    t->verdict->outcome == VERIFY_SKIP)
			continue;
		snprintf(f.read, sizeof(f.read), "%s did not wait for a call that never ends",
			 design_operation_name(operation));
		verify_fail(t->verdict, VERIFY_FREED, &f);
	}
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct progress *t = &the_progress;
	const struct design *d = design_of(v);
	pthread_t trying;

	(void)options;
	*t = (struct progress){.design = d, .verdict = v, .place.stride = DESIGN_PACKED};
	for (int i = 0; i < DESIGN_OPERATIONS; i++)
		verify_found(v, design_operation_name((enum design_operation)i), "-");
	verify_count(v, "runs", 0);
	if (!trap_available()) {
		verify_skip(v, "this machine has no trap flag that a program can set");
		return;
	}
	if (!registrations_open(&t->pool, CONTEXTS, 0) ||
	    !registrations_open(&t->others, CONTEXTS, 1)) {
		verify_skip(v, "no memory");
		return;
	}
	trap_install();
	verify_threads();
	d->enter();
	/* So that all functions are bound: that takes many steps. */
	for (int i = 0; i < DESIGN_OPERATIONS; i++)
		if (d->calls[i])
			run(t, &t->others, (enum design_operation)i, NULL);
	design_empty(d, &t->place);
	for (int i = 0; i < DESIGN_OPERATIONS; i++)
		if (d->calls[i] && !waits(d, (enum design_operation)i))
			try_hurry(t, (enum design_operation)i);
	d->leave();
	verify_watch();
	trying = start(t, try_all);
	stop_in(t, DESIGN_HANDLE);
	stop_in(t, d->calls[DESIGN_UNREGISTER_ASYNC] ? DESIGN_UNREGISTER_ASYNC : DESIGN_UNREGISTER);
	if (design_is_sound(d))
		stop_in(t, DESIGN_UNREGISTER);
	set(&t->over, 1);
	pthread_join(trying, NULL);
	conclude(t);
	registrations_close(&t->pool);
	registrations_close(&t->others);
}

static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	(void)subject;
	return (struct verify_expected_failures){0, 0};
}

const struct verify_check verify_dispatch_progress = {
	"progress", "operations end as declared while others stop or hurry", "runs", expects,
	run_check};
