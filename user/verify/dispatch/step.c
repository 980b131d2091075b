// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * step.c - a signal before every machine instruction of every operation, those of
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

#include "verify/core/watch.h"
#include "verify/dispatch/step_site.h"

/* Of longer ones only the instructions of the operation itself are interrupted one by one. */
#define LONG 100

static const struct act acts[] = {
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

static const char *const numbers[VERIFY_SITE_NUMBERS] = {"operation", "full", "second", "act",
							 "boundary"};

static struct dispatch_step the_step;

/* -- one run ---------------------------------------------------------------------------------- */

static void at_every(struct trap *trap)
{
	struct dispatch_step *t = trap->arg;

	if (t->site.at[ACT] == 0)
		t->pcs[trap->boundary] = trap->pc;
	dispatch_step_interrupt(t, acts[t->site.at[ACT]].program);
}

/* A second operation, with a signal before each of its instructions. */
static void run_second(struct dispatch_step *t)
{
	struct trap trap = {.at = at_every};

	t->history.has_swept = true;
	dispatch_step_trapped(t, &trap, (enum design_operation)t->site.at[SECOND],
			      &t->history.swept);
	verify_count(t->verdict, "pairs", trap.boundary);
}

static void at_one(struct trap *trap)
{
	struct dispatch_step *t = trap->arg;

	if (trap->boundary != t->site.at[BOUNDARY])
		return;
	t->pc = trap->pc;
	trap->limit = 0; /* the rest needs no steps */
	if (t->site.at[SECOND] != NOBODY)
		run_second(t);
	else
		dispatch_step_interrupt(t, acts[t->site.at[ACT]].program);
}

static void run_once(struct dispatch_step *t)
{
	struct trap trap = {.at = at_one};

	dispatch_step_begin(t);
	dispatch_step_trapped(t, &trap, (enum design_operation)t->site.at[OPERATION],
			      &t->history.outer);
	t->history.has_outer = true;
	dispatch_step_finish(t);
}

static void run_swept(struct dispatch_step *t)
{
	struct trap trap = {.at = at_every};

	dispatch_step_begin(t);
	t->pc = (lk_u64)(uintptr_t)t->design->calls[t->site.at[OPERATION]];
	t->history.has_swept = true;
	dispatch_step_trapped(t, &trap, (enum design_operation)t->site.at[OPERATION],
			      &t->history.swept);
	dispatch_step_finish(t);
	if (t->site.at[ACT] == 0)
		t->steps = trap.boundary;
	verify_count(t->verdict, "boundaries", trap.boundary);
	verify_most(t->verdict, "longest", trap.boundary);
}

/* -- all of it -------------------------------------------------------------------------------- */

static bool wanted(const struct dispatch_step *t, unsigned int first, unsigned int last)
{
	return !t->stop && verify_site_wanted(&t->site, t->options->replay, first, last);
}

static bool possible(const struct design *d, const char *program)
{
	for (; *program; program++)
		if (!d->calls[design_operation(d, *program)])
			return false;
	return true;
}

/* Of the operation itself, or one of few; or all, if only those within a call matter. */
static bool worth_it(const struct dispatch_step *t, lk_u64 pc)
{
	return design_has(t->design, pc) || acts[t->site.at[ACT]].waits ||
	       (t->steps < LONG && t->site.at[SECOND] == NOBODY);
}

static void walk(struct dispatch_step *t)
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
static void try_act(struct dispatch_step *t, lk_u64 number)
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

static void try_level(struct dispatch_step *t, enum level level)
{
	for (lk_u64 i = 0; i < ACTS; i++)
		if (acts[i].level == level)
			try_act(t, i);
}

static void try_operation(struct dispatch_step *t)
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
		    second != design_operation(d, d->calls[DESIGN_REPLACE] ? 'P' : 'T'))
			continue;
		t->site.at[SECOND] = second;
		try_level(t, NESTED);
	}
}

static void try_all(struct dispatch_step *t)
{
	const struct design *d = t->design;

	for (lk_u64 operation = 0; operation < DESIGN_OPERATIONS; operation++) {
		if (!d->calls[operation])
			continue;
		/* A thread that waits is no reader: its signals must not call. */
		if (design_waits(d, (enum design_operation)operation) && d->waits_offline)
			continue;
		t->site.at[OPERATION] = operation;
		for (lk_u64 full = 0; full < 2; full++) {
			t->site.at[FULL] = full;
			try_operation(t);
		}
	}
}

static void require_refused(struct dispatch_step *t)
{
	if (t->verdict->kinds || t->verdict->outcome == VERIFY_SKIP || t->options->replay ||
	    !design_is_sound(t->design) || verify_counted(t->verdict, "refused"))
		return;
	dispatch_step_fail(t, VERIFY_IDLE, "no wait was refused");
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

static void run(const struct verify_options *options, struct verify_verdict *v)
{
	struct dispatch_step *t = &the_step;

	memset(t, 0, sizeof(*t));
	t->design = design_of(v);
	t->options = options;
	t->verdict = v;
	t->site.names = numbers;
	t->acts = acts;
	if (!trap_open(v))
		return;
	if (!dispatch_step_open(t)) {
		verify_skip(v, "no memory");
		return;
	}
	verify_threads();
	t->design->enter();
	dispatch_step_begin(t);
	dispatch_step_do(t, design_operation(t->design, 'I'));
	dispatch_step_do(t, design_operation(t->design, 'T'));
	t->design->barrier(); /* liburcu's own thread exists, all functions are bound */
	verify_watch();
	try_all(t);
	t->design->barrier();
	if (registrations_lost(&t->pool))
		dispatch_step_fail(t, VERIFY_LOST, "a registration was never given back");
	require_refused(t);
	note_what_is_not_done(t->design, v);
	t->design->leave();
	dispatch_step_close(t);
}

static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	const struct design *d = subject->self;
	unsigned int others = VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_FREED) |
			      VERIFY_BIT(VERIFY_MIXED) | VERIFY_BIT(VERIFY_TWICE) |
			      VERIFY_BIT(VERIFY_LOST);

	return (struct verify_expected_failures){
		d->is_table ? VERIFY_BIT(VERIFY_FREED) : VERIFY_BIT(VERIFY_MIXED), others};
}

const struct verify_check verify_dispatch_step = {
	"step",	      "a signal between any two instructions, which calls and swaps, does no harm",
	"boundaries", expects,
	run,	      {"boundaries", "longest", "pairs", "runs", "refused"}};
