// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* step_site.c - see verify/latch/step_site.h. */
#include <stdio.h>

#include "verify/core/watch.h"
#include "verify/latch/step_site.h"

static const char *const numbers[VERIFY_SITE_NUMBERS] = {
	"accumulate", "size", "past", "interrupted", "second", "act", "boundary", "second_boundary",
};

/* A process checks one latch. Static, so that describe(), called by verify_give_up(), finds it. */
static struct step the_step;

static void describe(struct verify_failure *f)
{
	const struct step *t = &the_step;
	const struct harness *s = &t->harness;
	size_t n;

	harness_describe(s, t->pc, f);
	if (t->preparing) {
		snprintf(f->context, sizeof(f->context), "preparing it: writes, one in another");
		return;
	}
	n = (size_t)snprintf(f->context, sizeof(f->context),
			     "%s interrupted before instruction %llu",
			     harness_role_name(s, (enum harness_role)t->site.at[STEP_INTERRUPTED]),
			     t->site.at[STEP_BOUNDARY]);
	if (t->site.at[STEP_SECOND] != STEP_NOBODY)
		n += (size_t)snprintf(
			f->context + n, sizeof(f->context) - n,
			" by %s, that before instruction %llu",
			harness_role_name(s, (enum harness_role)t->site.at[STEP_SECOND]),
			t->site.at[STEP_SECOND_BOUNDARY]);
	snprintf(f->context + n, sizeof(f->context) - n, " by %s; the latch was %s",
		 t->act ? t->act : "nobody yet",
		 t->site.at[STEP_PAST] == HARNESS_NEW ? "new" : "used");
	verify_site_tell(&t->site, f);
}

bool step_is_replay(const struct step *t)
{
	return t->options->replay && t->options->replay->where_count;
}

bool step_wanted(const struct step *t, unsigned int first, unsigned int last)
{
	return verify_site_wanted(&t->site, t->options->replay, first, last);
}

void step_judge(struct step *t)
{
	struct verify_failure f = {0};

	verify_alive();
	if (t->harness.fault) {
		describe(&f);
		t->stop |= verify_fail(t->verdict, t->harness.fault, &f, "%s", t->harness.said);
		harness_clear(&t->harness);
	}
	t->stop = t->stop || !verify_has_time(t->verdict, "all boundaries");
}

void step_fail(struct step *t, enum verify_kind kind, const char *what)
{
	struct verify_failure f = {0};

	describe(&f);
	f.where_count = 0;
	t->stop |= verify_fail(t->verdict, kind, &f, "%s", what);
}

struct step *step_open(const struct verify_options *options, struct verify_verdict *v)
{
	struct step *t = &the_step;

	*t = (struct step){.options = options, .verdict = v, .site.names = numbers};
	if (!harness_open(&t->harness, options, v))
		return NULL;
	verify_where(describe);
	return t;
}

void step_act(struct step *t, lk_u64 number, const char *name)
{
	t->site.at[STEP_ACT] = number;
	t->act = name;
}

bool step_begin(struct step *t)
{
	const struct verify_code *code = t->harness.code;

	if (t->stop || !step_wanted(t, STEP_ACCUMULATE, STEP_ACT))
		return false;
	t->site.at[STEP_BOUNDARY] = t->site.at[STEP_SECOND_BOUNDARY] = 0;
	step_act(t, 0, NULL);
	t->preparing = true;
	harness_begin(&t->harness, t->site.at[STEP_ACCUMULATE], &code->sizes[t->site.at[STEP_SIZE]],
		      (enum harness_past)t->site.at[STEP_PAST]);
	step_judge(t);
	t->preparing = false;
	harness_enter(&t->harness, 0, (enum harness_role)t->site.at[STEP_INTERRUPTED]);
	return !t->stop;
}

void step_arrive(struct step *t, unsigned int set)
{
	harness_save(&t->harness, &t->first, set);
	t->pc = t->harness.tracees[0].pc;
	step_act(t, 0, NULL);
	t->site.at[STEP_SECOND_BOUNDARY] = 0;
}

bool step_next(struct step *t)
{
	if (t->stop || !harness_step(&t->harness, 0))
		return false;
	if (++t->site.at[STEP_BOUNDARY] >= HARNESS_STEPS_MAX)
		verify_give_up(VERIFY_HANG, "alone, the operation does not end");
	return true;
}

/* -- inside the critical section --------------------------------------------------------------- */

/* Note in `which` the words of the latch that are not as they were. */
static void find_changed(const struct harness *s, const struct harness_point *from, bool *which)
{
	for (int i = 0; i < HARNESS_LATCH_WORDS; i++)
		which[i] = s->memory->latch[i] != from->memory.latch[i];
}

/* The words that the operation changes when nobody interrupts it; at its first boundary. */
static void find_written(struct step *t, bool *written)
{
	harness_save(&t->harness, &t->first, 1);
	harness_end(&t->harness, 0);
	find_changed(&t->harness, &t->first, written);
	harness_load(&t->harness, &t->first, 1);
	step_judge(t);
}

/* Inside, another writer is refused, or it goes where the operation does not. */
static bool is_inside(struct step *t, const bool *written)
{
	bool accepted = harness_write(&t->harness), changed[HARNESS_LATCH_WORDS];
	bool meet = false, any = false;

	find_changed(&t->harness, &t->first, changed);
	for (int i = 0; i < HARNESS_LATCH_WORDS; i++) {
		meet |= changed[i] && written[i];
		any |= changed[i];
	}
	harness_load(&t->harness, &t->first, 0);
	if (!accepted && any)
		step_fail(t, VERIFY_DAMAGE,
			  "a refused write leaves something behind: after many it will matter");
	return !accepted || !meet;
}

static void walk(struct step *t, const bool *written)
{
	bool was = false, left = false;

	do {
		bool inside;

		step_arrive(t, 1);
		inside = is_inside(t, written);
		step_judge(t);
		verify_count(t->verdict, "inside", inside);
		if (inside && left)
			step_fail(t, VERIFY_LOST,
				  "another writer could not get in, then could, and now cannot");
		left |= was && !inside;
		was = inside;
	} while (step_next(t));
}

static void require_nothing(struct step *t, const bool *written)
{
	char what[64];

	for (int i = 0; i < HARNESS_LATCH_WORDS; i++)
		if (written[i]) {
			snprintf(what, sizeof(what), "a read stores to word %d of the latch", i);
			step_fail(t, VERIFY_DAMAGE, what);
			return;
		}
}

void step_inside(struct step *t)
{
	bool written[HARNESS_LATCH_WORDS];

	if (step_is_replay(t) || !step_begin(t))
		return;
	find_written(t, written);
	if (t->site.at[STEP_INTERRUPTED] == HARNESS_WRITE)
		walk(t, written);
	else
		require_nothing(t, written);
	harness_leave(&t->harness, 0);
}
