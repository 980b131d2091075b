// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * aba.c - between a call's load of the handler and the call itself, the handler is
 * taken out and the same address is put in again, for something else: claim S1.5.
 *
 * A call is interrupted before each of its instructions. First the signal only takes the handler
 * out: if it is called nevertheless, it had been loaded. Then the signal takes it out and puts the
 * same address in again, with a new context, if it can be had: what is published gives it back at
 * once, what is hardened not before the call has ended. If the call that had loaded the first
 * registration runs under the second, it was mistaken for it. To look at the pointer again would
 * not help: it is the same.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "verify/core/watch.h"
#include "verify/dispatch/set.h"
#include "verify/core/trap.h"

#define SLOT 2
#define CONTEXTS 4096
#define LIMIT 1000
/* Of instructions that are not the operation's own, every how many is tried. */
#define SOME 4
/* How long the signal waits for the address: liburcu's thread calls back after 10 ms or more. */
#define WAIT_MS 15

/* A site, as a record numbers it. */
static const char *const numbers[VERIFY_SITE_NUMBERS] = {"boundary"};

static struct aba {
	const struct design *design;
	struct verify_verdict *verdict;
	struct verify_site site;
	struct design_place place;
	struct registrations one; /* the address */
	struct registrations others;
	lk_u64 second_serial; /* of what was put in; 0: nothing */
	lk_u64 number; /* of its function */
	bool again; /* put it in again, not only take it out */
	bool visited, called;
	bool same; /* the pointer in the slot was the same afterwards */
	lk_u64 pc;
} the_aba;

static void describe(struct verify_failure *f)
{
	const struct aba *t = &the_aba;

	snprintf(f->context, sizeof(f->context),
		 "a call interrupted before instruction %llu: there the same address was put in "
		 "again",
		 t->site.at[0]);
	design_site(t->design, t->pc, f->site, sizeof(f->site));
	verify_site_tell(&t->site, f);
}

static bool fail_with(struct aba *t, enum verify_kind kind, const char *what)
{
	struct verify_failure f = {0};

	describe(&f);
	return verify_fail(t->verdict, kind, &f, "%s", what);
}

/* -- the signal ------------------------------------------------------------------------------- */

static void *pointer(const struct aba *t)
{
	const struct design *d = t->design;
	bool is_posted_slot = !d->is_table && !design_is_sound(d);

	return is_posted_slot ? t->place.posted[SLOT].call : t->place.slots[SLOT];
}

/* Returns whether it got in. */
static bool put_in(struct aba *t, struct registration *in)
{
	return !design_put_in(t->design, design_operation(t->design, 'I'), &t->place, SLOT, in);
}

/* The same function and, where a handler is an object, the same object. */
static struct registration *have_again(struct aba *t)
{
	struct registration *r = NULL;

	if (!design_is_sound(t->design)) {
		r = registration_take(&t->others);
		if (r)
			r->number = t->number;
		return r;
	}
	for (int i = 0; i < WAIT_MS && !r; i++) {
		r = registration_take(&t->one);
		if (!r)
			usleep(1000);
	}
	return r;
}

static void at(struct trap *trap)
{
	struct aba *t = trap->arg;
	void *before = pointer(t);
	struct registration *second;

	if (trap->boundary != t->site.at[0])
		return;
	t->visited = true;
	t->pc = trap->pc;
	trap->limit = 0;
	design_take(t->design, design_operation(t->design, 'T'), &t->place, SLOT);
	second = t->again ? have_again(t) : NULL;
	if (!second || !put_in(t, second))
		return;
	t->second_serial = second->serial;
	t->same = pointer(t) == before;
}

/* A handler with few instructions. */
static void within(struct registration_event *e)
{
	(void)e;
}

/* -- runs ------------------------------------------------------------------------------------- */

/* Returns the serial of the registration that the interrupted call ran under, 0: none. */
static lk_u64 run(struct aba *t, bool again)
{
	struct trap trap = {.at = at, .arg = t, .limit = LIMIT};
	struct registration_event e = {.within = within};
	struct registration *first;
	struct design_request r = {&t->place, SLOT, NULL, NULL, &e};

	memset(&t->place, 0, sizeof(t->place));
	t->place.stride = DESIGN_PACKED;
	t->again = again;
	t->visited = t->same = false;
	t->second_serial = 0;
	/* Only what is to be had again is waited for. */
	first = registration_take(again ? &t->one : &t->others);
	if (!first)
		verify_give_up(VERIFY_LOST, "the registration did not come back");
	put_in(t, first);
	t->number = first->number;
	design_trapped(&trap, t->design->calls[DESIGN_HANDLE], &r);
	design_take(t->design, DESIGN_UNREGISTER, &t->place, SLOT);
	if (again)
		t->design->barrier();
	verify_count(t->verdict, "runs", 1);
	verify_alive();
	if (e.calls && e.freed && t->again)
		verify_count(t->verdict, "freed", 1);
	t->called = e.calls;
	return e.calls ? e.serial : 0;
}

/* Where the address is not given back at once, not every instruction of liburcu is worth it. */
static bool worth_waiting(const struct aba *t)
{
	return design_has(t->design, t->pc) || !design_is_sound(t->design) ||
	       t->site.at[0] % SOME == 0;
}

/* Returns false when there is no point in going on. */
static bool try_boundary(struct aba *t)
{
	lk_u64 ran;
	bool loaded;

	run(t, false);
	loaded = t->called;
	if (!t->visited)
		return false;
	verify_count(t->verdict, "boundaries", 1);
	if (!loaded || !worth_waiting(t))
		return true;
	verify_count(t->verdict, "loaded", 1);
	ran = run(t, true);
	verify_count(t->verdict, "again", t->second_serial != 0);
	if (!t->second_serial || ran != t->second_serial)
		return true;
	verify_count(t->verdict, "mistaken", 1);
	verify_count(t->verdict, "unseen", t->same);
	return !fail_with(t, VERIFY_ABA,
			  "the handler was loaded under one registration and ran under the next, "
			  "with its context");
}

static void conclude(struct aba *t)
{
	struct verify_verdict *v = t->verdict;
	lk_u64 loaded = verify_counted(v, "loaded"), mistaken = verify_counted(v, "mistaken");

	if (!loaded)
		fail_with(t, VERIFY_IDLE, "at no boundary was the handler loaded and not called");
	else if (mistaken)
		verify_note(v,
			    "at %llu of %llu boundaries after the load the same address was in "
			    "again: the call ran with the context of a registration later than "
			    "itself, and the pointer showed nothing in %llu",
			    mistaken, loaded, verify_counted(v, "unseen"));
	else
		verify_note(v,
			    "at %llu of %llu boundaries after the load the same address could be "
			    "had again, at none before the call had ended: a handler and its "
			    "context are given back then",
			    verify_counted(v, "again"), loaded);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct aba *t = &the_aba;

	*t = (struct aba){.design = design_of(v), .verdict = v, .site.names = numbers};
	if (!trap_open(v))
		return;
	if (!registrations_open(&t->one, 1, 0) || !registrations_open(&t->others, CONTEXTS, 1)) {
		verify_skip(v, "no memory");
		return;
	}
	verify_where(describe);
	verify_threads();
	t->design->enter();
	run(t, false); /* so that all functions are bound */
	t->design->barrier();
	verify_watch();
	for (lk_u64 *i = &t->site.at[0]; *i < LIMIT; ++*i) {
		if (!verify_site_wanted(&t->site, options->replay, 0, 1))
			continue;
		if (!verify_has_time(v, "all boundaries") || !try_boundary(t))
			break;
	}
	if (v->outcome != VERIFY_SKIP && !options->replay)
		conclude(t);
	t->design->leave();
	registrations_close(&t->one);
	registrations_close(&t->others);
}

static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	(void)subject;
	return (struct verify_expected_failures){VERIFY_BIT(VERIFY_ABA), 0};
}

const struct verify_check verify_dispatch_aba = {
	"aba",	      "a handler that is out and in again is not taken for one that stayed",
	"boundaries", expects,
	run_check,    {"boundaries", "loaded", "again", "mistaken", "unseen", "freed", "runs"}};
