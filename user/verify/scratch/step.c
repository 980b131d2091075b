// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * step.c - four claim and release, two of them stopped before each pair of machine instructions.
 *
 * The first one stops before each instruction of its claim, while it holds its buffer, and before
 * each instruction of its release; there the second one, in the same way; there others claim and
 * release, and the first two go on and end, in several orders: not only as interrupts nest, where
 * the last who came is the first to go.
 *
 * What must hold: no buffer has two owners, from the end of a claim to the begin of the release; as
 * there are as many buffers as there are who claim, none is refused; when all have released, all
 * buffers are free.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/scratch/actor.h"
#include "verify/scratch/set.h"

#define ACTORS 4
#define WAYS 4
#define BYTES 64
#define WORDS (WAYS * scratch_words(BYTES))
#define NOBODY ACTORS

/* Letters: A, B, C, D end their claim, if that is not done; a, b, c, d release, claimed or not. */
static const char *const acts[] = {"C", "AC", "aC", "bC", "BAC", "aCbD", "CbaD", "CcD", "ABCD"};
#define ACTS (sizeof(acts) / sizeof(acts[0]))

enum { PHASE, BOUNDARY, SECOND_PHASE, SECOND_BOUNDARY, ACT };
static const char *const numbers[VERIFY_SITE_NUMBERS] = {
	"phase", "boundary", "second_phase", "second_boundary", "act",
};
enum { IN_CLAIM, BETWEEN, IN_RELEASE, PHASES };

static struct step {
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site;
	struct scratch_pool pool;
	struct actor actors[ACTORS];
	unsigned int owner[WAYS];
	struct actor_path paths[2][2]; /* of the first two: claim and release */
	enum verify_kind fault; /* of this run */
	char said[160];
	bool stop;
	lk_u64 memory[WORDS];
} the_step;

static const char *const names[ACTORS] = {"the first", "the second", "a third", "a fourth"};

static __attribute__((format(printf, 3, 4))) void fault(struct step *t, enum verify_kind kind,
							const char *format, ...)
{
	va_list args;

	if (t->fault)
		return;
	t->fault = kind;
	va_start(args, format);
	vsnprintf(t->said, sizeof(t->said), format, args);
	va_end(args);
}

/* -- failures --------------------------------------------------------------------------------- */

static size_t tell_stop(char *to, size_t size, lk_u64 phase, lk_u64 boundary)
{
	if (phase == BETWEEN)
		return (size_t)snprintf(to, size, "while it holds its buffer");
	return (size_t)snprintf(to, size, "before instruction %llu of its %s", boundary,
				phase == IN_CLAIM ? "claim" : "release");
}

/* The instruction before which the first one stopped, or else the second one. */
static lk_u64 pc_of(const struct step *t)
{
	bool second = t->site.at[PHASE] == BETWEEN;
	lk_u64 phase = t->site.at[second ? SECOND_PHASE : PHASE];

	return t->paths[second][phase == IN_RELEASE]
		.pc[t->site.at[second ? SECOND_BOUNDARY : BOUNDARY]];
}

static void describe(struct verify_failure *f)
{
	const struct step *t = &the_step;
	size_t n, size = sizeof(f->context);

	snprintf(f->workload, sizeof(f->workload), "claims");
	n = (size_t)snprintf(f->context, size, "A was stopped ");
	n += tell_stop(f->context + n, size - n, t->site.at[PHASE], t->site.at[BOUNDARY]);
	n += (size_t)snprintf(f->context + n, size - n, ", B ");
	n += tell_stop(f->context + n, size - n, t->site.at[SECOND_PHASE],
		       t->site.at[SECOND_BOUNDARY]);
	snprintf(f->context + n, size - n, "; then %s (capitals claim, others release)",
		 acts[t->site.at[ACT]]);
	if (t->site.at[PHASE] != BETWEEN || t->site.at[SECOND_PHASE] != BETWEEN)
		scratch_code_site(t->verdict->subject->self, pc_of(t), f->site, sizeof(f->site));
	verify_site_tell(&t->site, f);
}

static void judge(struct step *t)
{
	struct verify_failure f = {0};

	verify_alive();
	verify_count(t->verdict, "runs", 1);
	if (t->fault) {
		describe(&f);
		verify_count(t->verdict, "shared", t->fault == VERIFY_SHARED);
		t->stop |= verify_fail(t->verdict, t->fault, &f, "%s", t->said);
	}
	t->stop = t->stop || !verify_has_time(t->verdict, "all boundaries");
}

static bool wanted(const struct step *t, unsigned int first, unsigned int last)
{
	return !t->stop && verify_site_wanted(&t->site, t->options->replay, first, last);
}

/* -- one run ---------------------------------------------------------------------------------- */

static unsigned int way_of(const struct step *t, const struct actor *a)
{
	return (unsigned int)((size_t)(scratch_buffer(a->bytes) - t->memory) /
			      scratch_words(BYTES));
}

/* It is about to go on: from here on it owns nothing, if it releases. */
static void before(struct step *t, unsigned int number)
{
	const struct actor *a = &t->actors[number];

	if (a->state == ACTOR_HOLDS && t->owner[way_of(t, a)] == number)
		t->owner[way_of(t, a)] = NOBODY;
}

/* Its claim has ended: what does it own, and who else? */
static void claimed(struct step *t, unsigned int number)
{
	const struct actor *a = &t->actors[number];
	unsigned int way;

	verify_count(t->verdict, a->bytes ? "claims" : "refused", 1);
	if (!a->bytes) {
		if (t->verdict->subject->holds)
			fault(t, VERIFY_REFUSED,
			      "%s was refused, though %d buffers are there for %d", names[number],
			      WAYS, ACTORS);
		return;
	}
	way = way_of(t, a);
	if (t->owner[way] != NOBODY)
		fault(t, VERIFY_SHARED, "buffer %u has two owners: %s and %s", way,
		      names[t->owner[way]], names[number]);
	t->owner[way] = number;
}

static void reach(struct step *t, unsigned int number, enum actor_state state)
{
	struct actor *a = &t->actors[number];

	while (a->state < state) {
		bool claims = a->state == ACTOR_CLAIMS;

		before(t, number);
		actor_advance(a);
		if (claims)
			claimed(t, number);
	}
}

static struct actor_path *path_of(struct step *t, unsigned int number, lk_u64 phase)
{
	return &t->paths[number][phase == IN_RELEASE];
}

/* Bring it to a place of the site: there is such a one. */
static void place(struct step *t, unsigned int number, lk_u64 phase, lk_u64 boundary)
{
	struct actor *a = &t->actors[number];

	if (phase != IN_CLAIM)
		reach(t, number, ACTOR_HOLDS);
	if (phase == BETWEEN)
		return;
	before(t, number);
	if (!actor_stop(a, path_of(t, number, phase), boundary))
		verify_give_up(VERIFY_IDLE, "it did not come to that instruction again");
}

/* How many places there are in a phase; the instructions of the first or second one are noted. */
static lk_u64 places(struct step *t, unsigned int number, lk_u64 phase)
{
	struct actor *a = &t->actors[number];
	bool refused;

	if (phase == BETWEEN || a->state == ACTOR_DONE)
		return a->state != ACTOR_DONE;
	actor_follow(a, path_of(t, number, phase));
	refused = phase == IN_CLAIM && !a->bytes;
	return refused ? t->paths[number][0].steps : path_of(t, number, phase)->steps;
}

static void begin(struct step *t)
{
	memset(t->memory, 0, sizeof(t->memory));
	for (unsigned int i = 0; i < ACTORS; i++)
		actor_init(&t->actors[i], t->verdict->subject->self, &t->pool);
	for (unsigned int way = 0; way < WAYS; way++)
		t->owner[way] = NOBODY;
	t->fault = VERIFY_NONE;
}

static void play(struct step *t, const char *act)
{
	for (; *act; act++) {
		if (*act >= 'a')
			reach(t, (unsigned int)(*act - 'a'), ACTOR_DONE);
		else
			reach(t, (unsigned int)(*act - 'A'), ACTOR_HOLDS);
	}
}

/* All go on to their end, whatever they have done so far. */
static void end(struct step *t)
{
	for (unsigned int i = 0; i < ACTORS; i++)
		reach(t, i, ACTOR_DONE);
	for (unsigned int way = 0; t->verdict->subject->holds && way < WAYS; way++)
		if (scratch_pool_buffer(&t->pool, 0, way)[SCRATCH_OWNER])
			fault(t, VERIFY_LOST, "all have released, and buffer %u is not free", way);
}

static void run(struct step *t)
{
	begin(t);
	place(t, 0, t->site.at[PHASE], t->site.at[BOUNDARY]);
	place(t, 1, t->site.at[SECOND_PHASE], t->site.at[SECOND_BOUNDARY]);
	play(t, acts[t->site.at[ACT]]);
	end(t);
	judge(t);
}

/* -- all of it -------------------------------------------------------------------------------- */

static void try_acts(struct step *t)
{
	verify_count(t->verdict, "pairs", 1);
	for (lk_u64 a = 0; a < ACTS; a++) {
		t->site.at[ACT] = a;
		if (wanted(t, ACT, VERIFY_SITE_NUMBERS))
			run(t);
	}
	t->site.at[ACT] = 0;
}

/* The first one is where the site says. */
static void try_second(struct step *t)
{
	lk_u64 counts[PHASES];

	begin(t);
	place(t, 0, t->site.at[PHASE], t->site.at[BOUNDARY]);
	for (lk_u64 phase = 0; phase < PHASES; phase++)
		counts[phase] = places(t, 1, phase);
	for (lk_u64 phase = 0; phase < PHASES; phase++) {
		t->site.at[SECOND_PHASE] = phase;
		for (lk_u64 boundary = 0; boundary < counts[phase]; boundary++) {
			t->site.at[SECOND_BOUNDARY] = boundary;
			if (wanted(t, SECOND_PHASE, ACT))
				try_acts(t);
		}
	}
	t->site.at[SECOND_PHASE] = t->site.at[SECOND_BOUNDARY] = 0;
}

static bool can_stop(struct step *t)
{
	const struct scratch_code *code = t->verdict->subject->self;

	if (!trap_open(t->verdict))
		return false;
	if (trap_breaks((uintptr_t)code->claim) && trap_breaks((uintptr_t)code->release))
		return true;
	verify_skip(t->verdict, "no breakpoint can be set: instructions cannot be written to");
	return false;
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct step *t = &the_step;
	lk_u64 counts[PHASES];

	t->options = options;
	t->verdict = v;
	t->site.names = numbers;
	scratch_pool_init(&t->pool, t->memory, 1, WAYS, BYTES);
	verify_where(describe);
	if (!can_stop(t))
		return;
	begin(t);
	for (lk_u64 phase = 0; phase < PHASES; phase++)
		counts[phase] = places(t, 0, phase);
	for (lk_u64 phase = 0; phase < PHASES; phase++) {
		t->site.at[PHASE] = phase;
		for (lk_u64 boundary = 0; boundary < counts[phase]; boundary++) {
			t->site.at[BOUNDARY] = boundary;
			verify_count(v, "boundaries", 1);
			if (wanted(t, PHASE, SECOND_PHASE))
				try_second(t);
		}
	}
}

const struct verify_check verify_scratch_step = {
	"step",
	"two stopped at any instructions, others come and go: no buffer has two owners",
	"boundaries",
	scratch_expects,
	run_check,
	{"boundaries", "pairs", "runs", "claims", "refused", "shared"}};
