// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * verify_step.c - an interruption between every two machine instructions of an operation.
 *
 * A write or read is stopped after each of its instructions. There the checker acts as an NMI
 * would: reads, writes, or both; then the operation runs on, and what everybody returned is judged.
 * Then the state before is put back, and the next instruction follows. One level deeper, a second
 * operation interrupts the first at each of its boundaries and is itself interrupted at each of its
 * own.
 */
#include <stdio.h>
#include <string.h>

#include "verify.h"
#include "verify_stage.h"

/* An operation that takes more steps alone goes round a loop that stepping never leaves. */
#define STEPS_MAX 20000

/* What the checker does at a boundary. */
static const struct act {
	const char *name, *program;
	bool watched; /* then it reads after every further instruction of the operation */
	bool nested; /* on the second level, too */
} acts[] = {
	{"a read", "R", false, false},
	{"a write", "RWR", false, true},
	{"two writes", "RWRWR", false, false},
	{"nine writes", "RWRWRWRWRWRWRWRWRWR", false, true},
	{"a write, then a read after each instruction", "RWR", true, false},
};
#define ACTS (sizeof(acts) / sizeof(acts[0]))

/* A site, as a record numbers it. */
enum { ACCUMULATE, SIZE, PAST, INTERRUPTED, SECOND, ACT, BOUNDARY, SECOND_BOUNDARY, NUMBERS };
static const char *const numbers[NUMBERS] = {
	"accumulate", "size", "past", "interrupted", "second", "act", "boundary", "second_boundary",
};
/* There is no second operation: the checker itself interrupts. */
#define NOBODY STAGE_ROLES

struct step {
	struct stage stage;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	lk_u64 at[NUMBERS];
	lk_u64 pc; /* of the operation that is interrupted, there */
	bool preparing; /* not there yet */
	bool stop;
	struct stage_point first, second; /* the state at the boundary of each level */
};

/* The process checks one latch: one is enough, and who tells where we are finds it. */
static struct step the_step;

/* -- where we are ----------------------------------------------------------------------------- */

static void describe(struct verify_failure *f)
{
	const struct step *t = &the_step;
	const struct stage *s = &t->stage;
	size_t n;

	stage_describe(s, t->pc, f);
	if (t->preparing) {
		snprintf(f->context, sizeof(f->context), "preparing it: writes, one in another");
		return;
	}
	n = (size_t)snprintf(
		f->context, sizeof(f->context), "%s interrupted before instruction %llu",
		stage_role_name(s, (enum stage_role)t->at[INTERRUPTED]), t->at[BOUNDARY]);
	if (t->at[SECOND] != NOBODY)
		n += (size_t)snprintf(f->context + n, sizeof(f->context) - n,
				      " by %s, that before instruction %llu",
				      stage_role_name(s, (enum stage_role)t->at[SECOND]),
				      t->at[SECOND_BOUNDARY]);
	snprintf(f->context + n, sizeof(f->context) - n, " by %s; the latch was %s",
		 acts[t->at[ACT]].name, t->at[PAST] == STAGE_NEW ? "new" : "used");
	for (f->where_count = 0; f->where_count < NUMBERS; f->where_count++) {
		struct verify_item *item = &f->where[f->where_count];

		snprintf(item->name, sizeof(item->name), "%s", numbers[f->where_count]);
		item->value = t->at[f->where_count];
	}
}

/* With a record to replay: is this the place, as far as the first `count` numbers say? */
static bool wanted(const struct step *t, unsigned int count)
{
	const struct verify_failure *f = t->options->replay;

	for (unsigned int i = 0; f && i < count && i < f->where_count; i++)
		if (i != ACT && f->where[i].value != t->at[i])
			return false;
	return true;
}

static bool act_wanted(const struct step *t)
{
	const struct verify_failure *f = t->options->replay;

	return !f || f->where_count <= ACT || f->where[ACT].value == t->at[ACT];
}

/* Say what went wrong since the last time, if anything did. */
static void judge(struct step *t)
{
	struct verify_failure f = {0};

	verify_alive();
	if (t->stage.fault) {
		describe(&f);
		t->stop |= verify_fail(t->verdict, t->stage.fault, &f);
		stage_clear(&t->stage);
	}
	if (!t->stop && verify_time_is_up()) {
		verify_skip(t->verdict, "--seconds was not enough for all boundaries");
		t->stop = true;
	}
}

/* -- one level -------------------------------------------------------------------------------- */

static void watch(struct stage *s)
{
	while (stage_step(s, 0))
		stage_read(s);
}

/* Act at this boundary, let everybody finish, judge, and put the state back. */
static void interrupt(struct step *t, const struct stage_point *back, unsigned int who)
{
	const struct act *act = &acts[t->at[ACT]];
	struct stage *s = &t->stage;

	stage_act(s, act->program);
	if (act->watched)
		watch(s);
	if (who & 2)
		stage_end(s, 1);
	stage_end(s, 0);
	stage_final(s);
	judge(t);
	verify_count(t->verdict, "runs", 1);
	stage_load(s, back, who);
}

/* The words of the latch that differ from those of a point; returns whether any is in `mask`. */
static bool changed(const struct stage *s, const struct stage_point *from, const bool *mask,
		    bool *which)
{
	bool any = false;

	for (int i = 0; i < STAGE_LATCH_WORDS; i++) {
		bool differs = s->memory->latch[i] != from->memory.latch[i];

		if (which)
			which[i] = differs;
		any |= differs && (!mask || mask[i]);
	}
	return any;
}

/* Does the operation own the write side here? Then a writer is refused or goes elsewhere. */
static bool is_inside(struct step *t, const bool *written)
{
	struct stage *s = &t->stage;
	bool accepted = stage_write(s);
	bool inside = !accepted || !changed(s, &t->first, written, NULL);

	stage_load(s, &t->first, 0);
	return inside;
}

/* The words that the operation changes when nobody interrupts it; at its first boundary. */
static void find_written(struct step *t, bool *written)
{
	stage_save(&t->stage, &t->first, 1);
	stage_end(&t->stage, 0);
	changed(&t->stage, &t->first, NULL, written);
	stage_load(&t->stage, &t->first, 1);
	judge(t);
}

static bool begin(struct step *t)
{
	const struct verify_code *code = t->stage.code;

	if (t->stop || !wanted(t, BOUNDARY))
		return false;
	t->at[BOUNDARY] = t->at[SECOND_BOUNDARY] = t->at[ACT] = 0;
	t->preparing = true;
	stage_begin(&t->stage, t->at[ACCUMULATE], &code->sizes[t->at[SIZE]],
		    (enum stage_past)t->at[PAST]);
	judge(t);
	t->preparing = false;
	stage_enter(&t->stage, 0, (enum stage_role)t->at[INTERRUPTED]);
	return !t->stop;
}

/* Step on. Returns false at the end of the operation. */
static bool next(struct step *t)
{
	if (!stage_step(&t->stage, 0))
		return false;
	if (++t->at[BOUNDARY] < STEPS_MAX)
		return true;
	verify_skip(t->verdict, "stepped, operations do not end: this machine's atomic operations "
				"are loops that a step interrupts");
	t->stop = true;
	return false;
}

/* The write side is entered once and left once. */
static void note_inside(struct step *t, bool inside, bool *was, bool *left)
{
	struct verify_failure f = {0};

	verify_count(t->verdict, "inside", inside);
	if (inside && *left) {
		describe(&f);
		snprintf(f.read, sizeof(f.read),
			 "another writer could not get in, then could, and now cannot again");
		t->stop |= verify_fail(t->verdict, VERIFY_LOST, &f);
	}
	*left |= *was && !inside;
	*was = inside;
}

/* Where is the operation inside, where not? */
static void walk_inside(struct step *t)
{
	bool written[STAGE_LATCH_WORDS], was_inside = false, left = false;

	if (t->at[INTERRUPTED] != STAGE_WRITE || t->options->replay || !begin(t))
		return;
	find_written(t, written);
	do {
		stage_save(&t->stage, &t->first, 1);
		t->pc = t->stage.participants[0].pc;
		note_inside(t, is_inside(t, written), &was_inside, &left);
	} while (!t->stop && next(t));
	stage_end(&t->stage, 0);
	stage_clear(&t->stage);
}

static void walk(struct step *t, bool watched)
{
	struct stage *s = &t->stage;

	if (!begin(t))
		return;
	do {
		stage_save(s, &t->first, 1);
		t->pc = s->participants[0].pc;
		if (!watched)
			verify_count(t->verdict, "boundaries", 1);
		for (t->at[ACT] = 0; t->at[ACT] < ACTS && !t->stop; t->at[ACT]++)
			if (acts[t->at[ACT]].watched == watched && act_wanted(t) &&
			    wanted(t, SECOND_BOUNDARY))
				interrupt(t, &t->first, 1);
	} while (!t->stop && next(t));
	stage_end(s, 0);
	stage_clear(s);
}

/* -- two levels ------------------------------------------------------------------------------- */

/* The second operation, from its beginning to its end, with an interruption at each boundary. */
static void walk_second(struct step *t)
{
	struct stage *s = &t->stage;

	t->at[SECOND_BOUNDARY] = 0;
	do {
		stage_save(s, &t->second, 3);
		verify_count(t->verdict, "pairs", 1);
		for (t->at[ACT] = 0; t->at[ACT] < ACTS && !t->stop; t->at[ACT]++)
			if (acts[t->at[ACT]].nested && act_wanted(t) && wanted(t, NUMBERS))
				interrupt(t, &t->second, 3);
		t->at[SECOND_BOUNDARY]++;
	} while (!t->stop && stage_step(s, 1));
}

static void walk_both(struct step *t, enum stage_role second)
{
	struct stage *s = &t->stage;

	t->at[SECOND] = second;
	if (!begin(t))
		return;
	stage_enter(s, 1, second);
	do {
		stage_save(s, &t->first, 3);
		t->pc = s->participants[0].pc;
		/* What is committed by now, the first operation cannot commit while it is stopped.
		 */
		stage_read(s);
		judge(t);
		if (wanted(t, SECOND_BOUNDARY))
			walk_second(t);
		stage_load(s, &t->first, 3);
	} while (!t->stop && next(t));
	stage_end(s, 1);
	stage_end(s, 0);
	stage_clear(s);
}

/* -- all of it -------------------------------------------------------------------------------- */

static void walk_all(struct step *t)
{
	for (int role = 0; role < STAGE_ROLES; role++) {
		t->at[INTERRUPTED] = (lk_u64)role;
		for (int past = 0; past < STAGE_PASTS; past++) {
			t->at[PAST] = (lk_u64)past;
			t->at[SECOND] = NOBODY;
			walk(t, false);
			walk_inside(t);
			if (role == STAGE_WRITE)
				walk(t, true);
		}
		for (int second = 0; second < STAGE_ROLES; second++)
			walk_both(t, (enum stage_role)second);
	}
}

/* A check that never was inside a write has checked nothing. */
static void require_inside(struct step *t)
{
	struct verify_failure f = {0};

	if (t->stop || t->options->replay || strcmp(t->verdict->variant->refuses, "never") == 0)
		return;
	if (verify_counted(t->verdict, "inside"))
		return;
	snprintf(f.read, sizeof(f.read), "no boundary was inside a write");
	verify_fail(t->verdict, VERIFY_IDLE, &f);
}

void verify_step(const struct verify_options *options, struct verify_verdict *v)
{
	struct step *t = &the_step;

	*t = (struct step){.options = options, .verdict = v};
	if (!stage_open(&t->stage, options, v))
		return;
	t->stage.size = t->stage.code->sizes;
	verify_where(describe);
	for (size_t size = 0; size < t->stage.code->sizes_count; size++) {
		t->at[SIZE] = size;
		for (int accumulate = 0; accumulate < 2; accumulate++) {
			t->at[ACCUMULATE] = (lk_u64)accumulate;
			walk_all(t);
		}
	}
	require_inside(t);
	stage_close(&t->stage);
}

struct verify_nature verify_step_nature(const struct latch_variant *v)
{
	if (v->nmi_safe)
		return (struct verify_nature){0, 0};
	/* A reader that waits for a writer never ends inside that writer. */
	if (strcmp(v->reader, "blocking") == 0)
		return (struct verify_nature){VERIFY_BIT(VERIFY_LIVELOCK), 0};
	return (struct verify_nature){VERIFY_BIT(VERIFY_TORN),
				      VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_LOST)};
}
