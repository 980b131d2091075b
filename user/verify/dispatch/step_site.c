// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* step_site.c - see verify/dispatch/step_site.h. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/dispatch/step_site.h"

#define CONTEXTS 16384
/* Contexts that may be away before all of them are waited for. */
#define CONTEXTS_AWAY (CONTEXTS / 2)
#define SLOT 1

/* Who tells where we are finds it here. */
static const struct dispatch_step *described;

/* -- failures --------------------------------------------------------------------------------- */

static const char *name_of(lk_u64 operation)
{
	return design_operation_name((enum design_operation)operation);
}

static void describe(struct verify_failure *f)
{
	const struct dispatch_step *t = described;
	const struct act *act = &t->acts[t->site.at[ACT]];
	const char *slot = t->site.at[FULL] ? "full" : "empty";

	if (act->level == ONCE)
		snprintf(f->context, sizeof(f->context),
			 "%s interrupted before instruction %llu by %s; the slot was %s",
			 name_of(t->site.at[OPERATION]), t->site.at[BOUNDARY], act->name, slot);
	else if (act->level == SWEEP)
		snprintf(f->context, sizeof(f->context), "%s interrupted by %s; the slot was %s",
			 name_of(t->site.at[OPERATION]), act->name, slot);
	else
		snprintf(
			f->context, sizeof(f->context),
			"%s interrupted before instruction %llu by %s, that by %s; the slot was %s",
			name_of(t->site.at[OPERATION]), t->site.at[BOUNDARY],
			name_of(t->site.at[SECOND]), act->name, slot);
	design_site(t->design, t->pc, f->site, sizeof(f->site));
	verify_site_tell(&t->site, f);
}

void dispatch_step_fail(struct dispatch_step *t, enum verify_kind kind, const char *what)
{
	struct verify_failure f = {0};

	describe(&f);
	t->stop |= verify_fail(t->verdict, kind, &f, "%s", what);
}

/* The operations that no order explains. */
static void fail_unexplained(struct dispatch_step *t)
{
	const struct history *e = &t->history;
	const struct linearize_operation *o = e->has_outer ? &e->outer : &e->swept;
	char what[128];

	snprintf(what, sizeof(what),
		 "no order of these explains what they returned: %s gave %d, %u by signals, at the "
		 "end a call gave %d",
		 design_operation_name(o->what), o->result, e->count, e->last.result);
	dispatch_step_fail(t, VERIFY_WRONG, what);
}

static void judge(struct dispatch_step *t)
{
	struct registration_counts now = registration_counts();

	if (t->mixed)
		dispatch_step_fail(t, VERIFY_MIXED,
				   "a function was called with another one's context");
	if (t->freed)
		dispatch_step_fail(t, VERIFY_FREED, "a call used a context that was given back");
	if (now.in_use != t->before.in_use)
		dispatch_step_fail(t, VERIFY_FREED,
				   "a context was given back while its handler ran");
	if (now.twice != t->before.twice)
		dispatch_step_fail(t, VERIFY_TWICE, "a context was given back twice");
	if (t->undetected)
		dispatch_step_fail(t, VERIFY_WRONG, "waiting within a handler was not refused");
	if (!t->mixed && !t->freed && !t->undetected && !is_linearizable(&t->history))
		fail_unexplained(t);
	t->before = now;
	verify_alive();
	t->stop = t->stop || !verify_has_time(t->verdict, "all boundaries");
}

/* -- operations ------------------------------------------------------------------------------- */

static void within(struct registration_event *e)
{
	struct dispatch_step *t = e->arg;

	/* Relaxed: for signals to this thread. */
	__atomic_store_n(&t->running, t->running + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&t->running, t->running - 1, __ATOMIC_RELAXED);
}

/* One operation and all it needs. */
struct doing {
	struct design_request request;
	struct registration_event event;
	struct linearize_operation told;
};

static void prepare(struct dispatch_step *t, struct doing *d, enum design_operation operation)
{
	memset(d, 0, sizeof(*d));
	d->event = (struct registration_event){.within = within, .arg = t};
	d->request = (struct design_request){&t->place, SLOT, NULL, NULL, &d->event};
	d->told.what = operation;
	if (!design_puts_in(operation))
		return;
	d->request.in = registration_take(&t->pool);
	if (!d->request.in)
		verify_give_up(VERIFY_LOST, "none of %d contexts came back", CONTEXTS);
	t->taken++;
	d->told.in = d->request.in->serial;
	registration_offer(d->request.in);
}

/* It returned `result`. */
static void complete(struct dispatch_step *t, struct doing *d, int result)
{
	struct registration *out = d->request.out;

	d->told.result = result;
	d->told.seen = d->event.calls ? d->event.serial : 0;
	d->told.out = out ? out->serial : 0;
	t->mixed += d->event.mixed;
	t->freed += d->event.freed;
	if (d->request.in && result)
		registration_refused(d->request.in);
	if (out)
		registration_give_back(out);
}

struct linearize_operation dispatch_step_do(struct dispatch_step *t,
					    enum design_operation operation)
{
	struct doing d;

	prepare(t, &d, operation);
	complete(t, &d, t->design->calls[operation](&d.request));
	return d.told;
}

void dispatch_step_interrupt(struct dispatch_step *t, const char *program)
{
	int running = t->running;

	for (; *program; program++) {
		struct history *e = &t->history;
		bool waits = *program == 'X' || *program == 'S';
		struct linearize_operation o;

		if (e->count == LINEARIZE_MAX)
			return;
		t->undetected += running && waits && !t->design->inside();
		if (waits && !t->design->inside())
			continue;
		o = dispatch_step_do(t, design_operation(t->design, *program));
		e->done[e->count++] = o;
		verify_count(t->verdict, "refused", waits && o.result == -EDEADLK);
		t->undetected += waits && o.result != -EDEADLK;
	}
}

/* -- runs ------------------------------------------------------------------------------------- */

void dispatch_step_begin(struct dispatch_step *t)
{
	struct history *e = &t->history;

	if (t->taken > CONTEXTS_AWAY) {
		t->design->barrier();
		t->taken = 0;
	}
	memset(&t->place, 0, sizeof(t->place));
	t->place.stride = DESIGN_PACKED;
	t->mixed = t->freed = t->undetected = 0;
	t->running = 0;
	e->is_table = t->design->is_table;
	e->count = 0;
	e->has_outer = e->has_swept = false;
	e->initial = 0;
	if (t->site.at[FULL])
		e->initial = dispatch_step_do(t, design_operation(t->design, 'I')).in;
}

void dispatch_step_finish(struct dispatch_step *t)
{
	t->history.last = dispatch_step_do(t, DESIGN_HANDLE);
	dispatch_step_do(t, DESIGN_UNREGISTER);
	verify_count(t->verdict, "runs", 1);
	judge(t);
}

void dispatch_step_trapped(struct dispatch_step *t, struct trap *trap,
			   enum design_operation operation, struct linearize_operation *told)
{
	struct doing d;

	trap->limit = LIMIT;
	trap->arg = t;
	prepare(t, &d, operation);
	complete(t, &d, design_trapped(trap, t->design->calls[operation], &d.request));
	*told = d.told;
}

bool dispatch_step_open(struct dispatch_step *t)
{
	described = t;
	verify_where(describe);
	return registrations_open(&t->pool, CONTEXTS, 0);
}

void dispatch_step_close(struct dispatch_step *t)
{
	registrations_close(&t->pool);
}
