// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * step.c - an interruption between every two machine instructions of an operation.
 *
 * A write or read is stopped after each of its instructions. There the checker acts as an NMI
 * would: reads, writes, or both; then the operation runs on, and what everybody returned is judged.
 * Then the state before is put back, and the next instruction follows. One level deeper, a second
 * operation interrupts the first at each of its boundaries and is itself interrupted at each of its
 * own; or it is stopped there while the first goes on, as when programs are preempted or run on two
 * CPUs.
 */
#include <stdio.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/latch/set.h"
#include "verify/latch/step_site.h"

/* What happens at a boundary. */
enum level {
	ONE, /* the checker interrupts */
	WATCHED, /* and reads after every further instruction of the operation */
	TWO, /* the checker interrupts the second operation */
	TWO_READ, /* if that reads */
	OVERTAKING, /* the first operation goes on, to its end, while the second is stopped */
	LAPPING, /* the same, and before the second began there were writes */
};
static const struct act {
	const char *name, *program;
	enum level level;
	const char *before; /* what happens before the second operation begins */
} acts[] = {
	{"a read", "R", ONE, ""},
	{"a write", "RWR", ONE, ""},
	{"two writes", "RWRWR", ONE, ""},
	{"nine writes", "RWRWRWRWRWRWRWRWRWR", ONE, ""},
	{"a write, then a read after each instruction", "RWR", WATCHED, ""},
	{"a write", "RWR", TWO, ""},
	{"nine writes", "RWRWRWRWRWRWRWRWRWR", TWO_READ, ""},
	{"a read, while the first goes on", "R", OVERTAKING, ""},
	/* Of 2, 4 and 8 slots, all but one: then the second fills that which the first reads. */
	{"a read, after a write, while the first goes on", "R", LAPPING, "W"},
	{"a read, after three writes, while the first goes on", "R", LAPPING, "WWW"},
	{"a read, after seven writes, while the first goes on", "R", LAPPING, "WWWWWWW"},
};
#define ACTS (sizeof(acts) / sizeof(acts[0]))

/* -- one level -------------------------------------------------------------------------------- */

static void watch(struct harness *s)
{
	while (harness_step(s, 0))
		harness_read(s);
}

/* Act at this boundary, let everybody finish, judge, and put the state back. */
static void interrupt(struct step *t, const struct harness_point *back, unsigned int who)
{
	const struct act *act = &acts[t->site.at[STEP_ACT]];
	bool overtakes = act->level >= OVERTAKING;
	struct harness *s = &t->harness;

	harness_act(s, act->program);
	if (act->level == WATCHED)
		watch(s);
	if (overtakes) {
		harness_end(s, 0);
		harness_read(s);
	}
	if (who & 2)
		harness_end(s, 1);
	if (!overtakes)
		harness_end(s, 0);
	harness_final(s);
	step_judge(t);
	verify_count(t->verdict, "runs", 1);
	harness_load(s, back, who);
}

/* All acts of this level that are wanted, as far as numbers below `last` say. */
static void act_all(struct step *t, enum level level, const struct harness_point *back,
		    unsigned int who)
{
	unsigned int last = who & 2 ? VERIFY_SITE_NUMBERS : STEP_SECOND_BOUNDARY;

	for (lk_u64 act = 0; act < ACTS && !t->stop; act++) {
		step_act(t, act, acts[act].name);
		if (acts[act].level == level && step_wanted(t, STEP_ACT, last))
			interrupt(t, back, who);
	}
	step_act(t, ACTS, NULL);
}

static void walk(struct step *t, enum level level)
{
	if (!step_begin(t))
		return;
	do {
		step_arrive(t, 1);
		if (level == ONE)
			verify_count(t->verdict, "boundaries", 1);
		act_all(t, level, &t->first, 1);
	} while (step_next(t));
	harness_leave(&t->harness, 0);
}

/* -- two levels ------------------------------------------------------------------------------- */

/* The second operation, from its beginning to its end, with an interruption at each boundary. */
static void walk_second(struct step *t)
{
	struct harness *s = &t->harness;

	t->site.at[STEP_SECOND_BOUNDARY] = 0;
	do {
		harness_save(s, &t->second, 3);
		verify_count(t->verdict, "pairs", 1);
		act_all(t, TWO, &t->second, 3);
		if (t->site.at[STEP_SECOND] == HARNESS_READ)
			act_all(t, TWO_READ, &t->second, 3);
		act_all(t, OVERTAKING, &t->second, 3);
		t->site.at[STEP_SECOND_BOUNDARY]++;
	} while (!t->stop && harness_step(s, 1));
}

/* The second operation, a write, after so many others that it may fill the slot that is read. */
static void walk_lapping(struct step *t)
{
	struct harness *s = &t->harness;

	for (lk_u64 act = 0; act < ACTS && !t->stop; act++) {
		step_act(t, act, acts[act].name);
		if (acts[act].level != LAPPING || !step_wanted(t, STEP_ACT, STEP_SECOND_BOUNDARY))
			continue;
		harness_act(s, acts[act].before);
		t->site.at[STEP_SECOND_BOUNDARY] = 0;
		do {
			harness_save(s, &t->second, 3);
			if (step_wanted(t, STEP_SECOND_BOUNDARY, VERIFY_SITE_NUMBERS))
				interrupt(t, &t->second, 3);
			t->site.at[STEP_SECOND_BOUNDARY]++;
		} while (!t->stop && harness_step(s, 1));
		harness_load(s, &t->first, 3);
	}
}

static void walk_both(struct step *t, enum harness_role second)
{
	struct harness *s = &t->harness;

	t->site.at[STEP_SECOND] = second;
	if (!step_begin(t))
		return;
	harness_enter(s, 1, second);
	do {
		step_arrive(t, 3);
		/* What is committed by now, the first operation cannot commit while it is stopped.
		 */
		harness_read(s);
		step_judge(t);
		if (step_wanted(t, STEP_BOUNDARY, STEP_SECOND_BOUNDARY))
			walk_second(t);
		harness_load(s, &t->first, 3);
		if (t->site.at[STEP_INTERRUPTED] == HARNESS_READ && second == HARNESS_WRITE &&
		    step_wanted(t, STEP_BOUNDARY, STEP_SECOND_BOUNDARY))
			walk_lapping(t);
	} while (step_next(t));
	harness_leave(s, 1);
	harness_leave(s, 0);
}

/* -- all of it -------------------------------------------------------------------------------- */

static void walk_all(struct step *t)
{
	for (int role = 0; role < HARNESS_ROLES; role++) {
		t->site.at[STEP_INTERRUPTED] = (lk_u64)role;
		for (int past = 0; past < HARNESS_PASTS; past++) {
			t->site.at[STEP_PAST] = (lk_u64)past;
			t->site.at[STEP_SECOND] = STEP_NOBODY;
			walk(t, ONE);
			step_inside(t);
			if (role == HARNESS_WRITE)
				walk(t, WATCHED);
		}
		walk_both(t, HARNESS_WRITE);
		/* One read in another cannot matter: reads store nothing. */
		if (role == HARNESS_WRITE)
			walk_both(t, HARNESS_READ);
	}
}

/* A check that never was inside a write has checked nothing. */
static void require_inside(struct step *t)
{
	if (!t->stop && !step_is_replay(t) && !verify_counted(t->verdict, "inside") &&
	    strcmp(latch_of(t->verdict)->refuses, "never") != 0)
		step_fail(t, VERIFY_IDLE, "no boundary was inside a write");
}

static void run(const struct verify_options *options, struct verify_verdict *v)
{
	struct step *t = step_open(options, v);

	if (!t)
		return;
	t->harness.size = t->harness.code->sizes;
	t->stop = !harness_can_step(&t->harness);
	for (size_t size = 0; size < t->harness.code->sizes_count; size++) {
		t->site.at[STEP_SIZE] = size;
		for (int accumulate = 0; accumulate < 2; accumulate++) {
			t->site.at[STEP_ACCUMULATE] = (lk_u64)accumulate;
			walk_all(t);
		}
	}
	require_inside(t);
	harness_close(&t->harness);
}

const struct verify_check verify_latch_step = {
	"step",
	"an interruption between any two instructions does no harm",
	"boundaries",
	latch_expects,
	run,
	{"boundaries", "pairs", "inside", "runs", "reads", "gave_up", "accepted", "refused"}};
