// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* inside.c - see verify/latch/inside.h. */
#include <stdio.h>

#include "verify/latch/inside.h"

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
