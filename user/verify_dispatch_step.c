// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * verify_dispatch_step.c - a signal before every machine instruction of every operation, those of
 * the handler and of liburcu included. Its handler calls, swaps, registers and unregisters; then
 * the operation goes on, and some order must explain what everybody returned and who was called.
 *
 * A signal before every instruction of one run; one signal in each run, at each instruction in
 * turn; and there a second operation with signals before every one of its own. The last two at the
 * instructions of the operation itself, and at those of liburcu only where they are few: a step
 * costs microseconds, and a run begins at the first instruction.
 *
 * Forms that wait are refused within a call, and tried only there. Elsewhere a signal handler must
 * not wait: the code that it interrupts may hold a lock of liburcu, or owe a wake-up, at the end of
 * a call, to whoever ends the grace period.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify_dispatch.h"
#include "verify_explain.h"
#include "verify_site.h"
#include "verify_trap.h"

#define CONTEXTS 16384
/* Contexts that may be away before all of them are waited for. */
#define CONTEXTS_AWAY (CONTEXTS / 2)
#define SLOT 1
/* One that goes round and round while it is interrupted: the check `progress` tells. */
#define LIMIT 700
/* Of longer ones only the instructions of the operation itself are interrupted one by one. */
#define LONG 100

/* Who interrupts where. */
enum level { ONCE, SWEEP, NESTED };
/*
 * What a signal does: H call, P put in the place of what is there, T take out, I put into an empty
 * slot; and waiting: X as P, S as T.
 */
static const struct act {
	const char *name, *program;
	enum level level;
	bool waits;
} acts[] = {
	/* The first one tells where the instructions are. */
	{"a call, at each instruction", "H", SWEEP, false},
	{"a replacement, at each instruction", "PH", SWEEP, false},
	{"an unregistration and a registration, at each instruction", "HTHI", SWEEP, false},
	{"a call", "H", ONCE, false},
	{"a replacement", "HPH", ONCE, false},
	{"an unregistration", "HTH", ONCE, false},
	{"an unregistration and a registration", "HTIH", ONCE, false},
	{"an unregistration that waits", "HSH", ONCE, true},
	{"a replacement that waits", "HXH", ONCE, true},
	{"a call, at each of its instructions", "H", NESTED, false},
};
#define ACTS (sizeof(acts) / sizeof(acts[0]))

/* A site, as a record numbers it. */
enum { OPERATION, FULL, SECOND, ACT, BOUNDARY };
static const char *const numbers[VERIFY_SITE_NUMBERS] = {"operation", "full", "second", "act",
							 "boundary"};
#define NOBODY DESIGN_OPERATIONS

static struct step {
	const struct design *design;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site;
	struct design_place place;
	struct registrations pool;
	lk_u64 taken; /* contexts, since all had come back */
	struct explain explain;
	struct registration_counts before;
	/* The operation that is interrupted, instruction by instruction. */
	lk_u64 pcs[LIMIT];
	unsigned long steps;
	lk_u64 pc; /* where it was interrupted */
	lk_u64 mixed, freed, undetected;
	int running; /* handlers of the operation that is interrupted */
	bool stop;
} the_step;

/* -- failures --------------------------------------------------------------------------------- */

static const char *name_of(lk_u64 operation)
{
	return design_operation_name((enum design_operation)operation);
}

static void describe(struct verify_failure *f)
{
	const struct step *t = &the_step;
	const struct act *act = &acts[t->site.at[ACT]];
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

static void fail_with(struct step *t, enum verify_kind kind, const char *what)
{
	struct verify_failure f = {0};

	describe(&f);
	snprintf(f.read, sizeof(f.read), "%s", what);
	t->stop |= verify_fail(t->verdict, kind, &f);
}

/* The operations that no order explains. */
static void fail_unexplained(struct step *t)
{
	const struct explain *e = &t->explain;
	const struct explain_operation *o = e->has_outer ? &e->outer : &e->swept;
	char what[128];

	snprintf(what, sizeof(what),
		 "no order of these explains what they returned: %s gave %d, %u by signals, at the "
		 "end a call gave %d",
		 design_operation_name(o->what), o->result, e->count, e->last.result);
	fail_with(t, VERIFY_WRONG, what);
}

static void judge(struct step *t)
{
	struct registration_counts now = registration_counts();

	if (t->mixed)
		fail_with(t, VERIFY_MIXED, "a function was called with another one's context");
	if (t->freed)
		fail_with(t, VERIFY_FREED, "a call used a context that was given back");
	if (now.in_use != t->before.in_use)
		fail_with(t, VERIFY_FREED, "a context was given back while its handler ran");
	if (now.twice != t->before.twice)
		fail_with(t, VERIFY_TWICE, "a context was given back twice");
	if (t->undetected)
		fail_with(t, VERIFY_WRONG, "waiting within a handler was not refused");
	if (!t->mixed && !t->freed && !t->undetected && !explain(&t->explain))
		fail_unexplained(t);
	t->before = now;
	verify_alive();
	if (!t->stop && verify_time_is_up()) {
		verify_skip(t->verdict, "--seconds was not enough for all boundaries");
		t->stop = true;
	}
}

/* -- operations ------------------------------------------------------------------------------- */

static void within(struct registration_event *e)
{
	struct step *t = e->arg;

	/* Relaxed: for signals to this thread. */
	__atomic_store_n(&t->running, t->running + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&t->running, t->running - 1, __ATOMIC_RELAXED);
}

/* One operation and all it needs. */
struct doing {
	struct design_request request;
	struct registration_event event;
	struct explain_operation told;
};

static bool needs_one(enum design_operation operation)
{
	return operation == DESIGN_REGISTER || operation == DESIGN_REPLACE ||
	       operation == DESIGN_REPLACE_ASYNC;
}

static void prepare(struct step *t, struct doing *d, enum design_operation operation)
{
	memset(d, 0, sizeof(*d));
	d->event = (struct registration_event){.within = within, .arg = t};
	d->request = (struct design_request){&t->place, SLOT, NULL, NULL, &d->event};
	d->told.what = operation;
	if (!needs_one(operation))
		return;
	d->request.in = registration_take(&t->pool);
	if (!d->request.in)
		verify_give_up(VERIFY_LOST, "none of %d contexts came back", CONTEXTS);
	t->taken++;
	d->told.in = d->request.in->serial;
	registration_offer(d->request.in);
}

/* It returned `result`. */
static void complete(struct step *t, struct doing *d, int result)
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

static struct explain_operation do_at_once(struct step *t, enum design_operation operation)
{
	struct doing d;

	prepare(t, &d, operation);
	complete(t, &d, t->design->calls[operation](&d.request));
	return d.told;
}

/* The operation of a letter; the asynchronous one, if there is. */
static enum design_operation operation_of(const struct design *d, char letter)
{
	switch (letter) {
	case 'P':
		return d->calls[DESIGN_REPLACE_ASYNC] ? DESIGN_REPLACE_ASYNC : DESIGN_REPLACE;
	case 'T':
		return d->calls[DESIGN_UNREGISTER_ASYNC] ? DESIGN_UNREGISTER_ASYNC
							 : DESIGN_UNREGISTER;
	case 'I':
		return d->is_table ? DESIGN_REGISTER : operation_of(d, 'P');
	case 'X':
		return DESIGN_REPLACE;
	case 'S':
		return DESIGN_UNREGISTER;
	default:
		return DESIGN_HANDLE;
	}
}

/* In the signal handler. */
static void interrupt(struct step *t, const char *program)
{
	int running = t->running;

	for (; *program; program++) {
		struct explain *e = &t->explain;
		bool waits = *program == 'X' || *program == 'S';
		struct explain_operation o;

		if (e->count == EXPLAIN_MAX)
			return;
		t->undetected += running && waits && !t->design->inside();
		if (waits && !t->design->inside())
			continue;
		o = do_at_once(t, operation_of(t->design, *program));
		e->done[e->count++] = o;
		verify_count(t->verdict, "refused", waits && o.result == -EDEADLK);
		t->undetected += waits && o.result != -EDEADLK;
	}
}

/* -- runs ------------------------------------------------------------------------------------- */

/* Everything is as at the beginning. */
static void begin(struct step *t)
{
	struct explain *e = &t->explain;

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
		e->initial = do_at_once(t, operation_of(t->design, 'I')).in;
}

static void finish(struct step *t)
{
	t->explain.last = do_at_once(t, DESIGN_HANDLE);
	do_at_once(t, DESIGN_UNREGISTER);
	verify_count(t->verdict, "runs", 1);
	judge(t);
}

static int run_trapped(struct step *t, struct trap *trap, enum design_operation operation,
		       struct explain_operation *told)
{
	struct doing d;

	trap->limit = LIMIT;
	trap->arg = t;
	prepare(t, &d, operation);
	complete(t, &d, trap_run(trap, t->design->calls[operation], &d.request));
	*told = d.told;
	return d.told.result;
}

static void at_every(struct trap *trap)
{
	struct step *t = trap->arg;

	if (t->site.at[ACT] == 0)
		t->pcs[trap->boundary] = trap->pc;
	interrupt(t, acts[t->site.at[ACT]].program);
}

/* A second operation, with a signal before each of its instructions. */
static void run_second(struct step *t)
{
	struct trap trap = {.at = at_every};

	t->explain.has_swept = true;
	run_trapped(t, &trap, (enum design_operation)t->site.at[SECOND], &t->explain.swept);
	verify_count(t->verdict, "pairs", trap.boundary);
}

static void at_one(struct trap *trap)
{
	struct step *t = trap->arg;

	if (trap->boundary != t->site.at[BOUNDARY])
		return;
	t->pc = trap->pc;
	trap->limit = 0; /* the rest needs no steps */
	if (t->site.at[SECOND] != NOBODY)
		run_second(t);
	else
		interrupt(t, acts[t->site.at[ACT]].program);
}

static void run_once(struct step *t)
{
	struct trap trap = {.at = at_one};

	begin(t);
	run_trapped(t, &trap, (enum design_operation)t->site.at[OPERATION], &t->explain.outer);
	t->explain.has_outer = true;
	finish(t);
}

static void run_swept(struct step *t)
{
	struct trap trap = {.at = at_every};

	begin(t);
	t->pc = (lk_u64)(uintptr_t)t->design->calls[t->site.at[OPERATION]];
	t->explain.has_swept = true;
	run_trapped(t, &trap, (enum design_operation)t->site.at[OPERATION], &t->explain.swept);
	finish(t);
	if (t->site.at[ACT] == 0)
		t->steps = trap.boundary;
	verify_count(t->verdict, "boundaries", trap.boundary);
	verify_most(t->verdict, "longest", trap.boundary);
}

/* -- all of it -------------------------------------------------------------------------------- */

static bool wanted(const struct step *t, unsigned int first, unsigned int last)
{
	return !t->stop && verify_site_wanted(&t->site, t->options->replay, first, last);
}

static bool waits(const struct design *d, lk_u64 operation)
{
	return design_is_sound(d) &&
	       (operation == DESIGN_REPLACE || operation == DESIGN_UNREGISTER);
}

static bool possible(const struct design *d, const char *program)
{
	for (; *program; program++)
		if (!d->calls[operation_of(d, *program)])
			return false;
	return true;
}

/* Of the operation itself, or one of few; or all, if only those within a call matter. */
static bool worth_it(const struct step *t, lk_u64 pc)
{
	bool own = pc >= (uintptr_t)t->design->begin && pc < (uintptr_t)t->design->end;

	return own || acts[t->site.at[ACT]].waits ||
	       (t->steps < LONG && t->site.at[SECOND] == NOBODY);
}

static void walk(struct step *t)
{
	for (lk_u64 i = 0; i < t->steps && !t->stop; i++) {
		t->site.at[BOUNDARY] = i;
		if (!worth_it(t, t->pcs[i]) || !wanted(t, BOUNDARY, BOUNDARY + 1))
			continue;
		run_once(t);
		verify_count(t->verdict, "boundaries", t->site.at[SECOND] == NOBODY);
	}
}

/* One act, where it can be done. A replay, too, must know where the instructions are. */
static void try_act(struct step *t, lk_u64 number)
{
	const struct act *act = &acts[number];
	const struct design *d = t->design;

	t->site.at[ACT] = number;
	if (t->stop || !possible(d, act->program) || !wanted(t, 0, number ? ACT : SECOND))
		return;
	if (act->waits && (!design_is_sound(d) || t->site.at[OPERATION] != DESIGN_HANDLE))
		return;
	if (number && !wanted(t, ACT, BOUNDARY))
		return;
	if (act->level == SWEEP)
		run_swept(t);
	else
		walk(t);
}

static void try_level(struct step *t, enum level level)
{
	for (lk_u64 i = 0; i < ACTS; i++)
		if (acts[i].level == level)
			try_act(t, i);
}

static void try_operation(struct step *t)
{
	const struct design *d = t->design;

	t->site.at[SECOND] = NOBODY;
	if (!wanted(t, 0, SECOND))
		return;
	t->steps = 0;
	try_level(t, SWEEP);
	try_level(t, ONCE);
	for (lk_u64 second = 0; second < DESIGN_OPERATIONS && t->site.at[FULL]; second++) {
		if (second != DESIGN_HANDLE &&
		    second != operation_of(d, d->calls[DESIGN_REPLACE] ? 'P' : 'T'))
			continue;
		t->site.at[SECOND] = second;
		try_level(t, NESTED);
	}
}

static void try_all(struct step *t)
{
	const struct design *d = t->design;

	for (lk_u64 operation = 0; operation < DESIGN_OPERATIONS; operation++) {
		if (!d->calls[operation])
			continue;
		/* A thread that waits is no reader: its signals must not call. */
		if (waits(d, operation) && d->waits_offline)
			continue;
		t->site.at[OPERATION] = operation;
		for (lk_u64 full = 0; full < 2; full++) {
			t->site.at[FULL] = full;
			try_operation(t);
		}
	}
}

static void require_refused(struct step *t)
{
	if (t->verdict->kinds || t->verdict->outcome == VERIFY_SKIP || t->options->replay ||
	    !design_is_sound(t->design) || verify_counted(t->verdict, "refused"))
		return;
	fail_with(t, VERIFY_IDLE, "no wait was refused");
}

static void note_what_is_not_done(const struct design *d, struct verify_verdict *v)
{
	if (!design_is_sound(d))
		return;
	verify_note(v, "from a signal, forms that wait were tried only within calls, which refuse "
		       "them: elsewhere they may wait for what they interrupt");
	if (d->waits_offline)
		verify_note(v, "a thread that waits is no reader in this flavour: its signals must "
			       "not call, and forms that wait were not interrupted");
}

void verify_dispatch_step(const struct verify_options *options, struct verify_verdict *v)
{
	static const char *const counted[] = {"boundaries", "longest", "pairs", "runs", "refused"};
	struct step *t = &the_step;
	lk_u64 lost;

	memset(t, 0, sizeof(*t));
	t->design = design_of(v);
	t->options = options;
	t->verdict = v;
	t->site.names = numbers;
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		verify_count(v, counted[i], 0);
	if (!trap_available() || !registrations_open(&t->pool, CONTEXTS, 0)) {
		verify_skip(v, trap_available() ? "no memory"
						: "this machine has no trap flag that a program "
						  "can set");
		return;
	}
	trap_install();
	verify_where(describe);
	verify_dispatch_threads();
	t->design->enter();
	begin(t);
	do_at_once(t, operation_of(t->design, 'I'));
	do_at_once(t, operation_of(t->design, 'T'));
	t->design->barrier(); /* liburcu's own thread exists, all functions are bound */
	verify_dispatch_watch();
	try_all(t);
	t->design->barrier();
	lost = registrations_lost(&t->pool);
	if (lost)
		fail_with(t, VERIFY_LOST, "a registration was never given back");
	require_refused(t);
	note_what_is_not_done(t->design, v);
	t->design->leave();
	registrations_close(&t->pool);
}

struct verify_nature verify_dispatch_step_nature(const struct verify_subject *subject)
{
	const struct design *d = subject->self;
	unsigned int others = VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_FREED) |
			      VERIFY_BIT(VERIFY_MIXED) | VERIFY_BIT(VERIFY_TWICE) |
			      VERIFY_BIT(VERIFY_LOST);

	if (design_is_sound(d))
		return (struct verify_nature){0, 0};
	return (struct verify_nature){
		d->is_table ? VERIFY_BIT(VERIFY_FREED) : VERIFY_BIT(VERIFY_MIXED), others};
}
