// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* step_run.c - see verify/registry/step_run.h. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/core/trap.h"
#include "verify/registry/lifecycle.h"
#include "verify/registry/step_act.h"
#include "verify/registry/step_run.h"

/* -- the operations --------------------------------------------------------------------------- */

static void at_one(struct trap *trap)
{
	struct registry_step *s = trap->arg;

	s->visited = true;
	registry_step_interrupt(s, s->act->program);
}

static void at_each(struct trap *trap)
{
	struct registry_step *s = trap->arg;

	s->pcs[trap->boundary] = trap->pc;
	registry_step_interrupt(s, s->act->program);
}

static int call(void *arg)
{
	struct registry_step *s = arg;
	const struct verify_registry_ops *ops = s->ops;

	switch (s->operation) {
	case STEP_LOOKUP:
	case STEP_LOOKUP_ABSENT:
		s->object = ops->lookup(s->r, STEP_X);
		break;
	case STEP_PUT:
	case STEP_LAST_PUT:
		ops->put(s->r, s->object);
		break;
	case STEP_REMOVE:
		s->returned = ops->remove(s->r, s->object);
		break;
	case STEP_DELETE:
		s->returned = ops->erase(s->r, STEP_X);
		break;
	case STEP_INSERT:
		s->returned = ops->link(s->r, s->object);
		break;
	default:
		s->returned = (long)ops->shrink(s->r, 0, STEP_IDS);
	}
	return 0;
}

static lk_u64 entry(const struct registry_step *s)
{
	const struct verify_registry_ops *ops = s->ops;
	const uintptr_t entries[] = {
		[STEP_LOOKUP] = (uintptr_t)ops->lookup,
		[STEP_LOOKUP_ABSENT] = (uintptr_t)ops->lookup,
		[STEP_PUT] = (uintptr_t)ops->put,
		[STEP_LAST_PUT] = (uintptr_t)ops->put,
		[STEP_REMOVE] = (uintptr_t)ops->remove,
		[STEP_DELETE] = (uintptr_t)ops->erase,
		[STEP_INSERT] = (uintptr_t)ops->link,
		[STEP_SHRINK] = (uintptr_t)ops->shrink,
	};

	return entries[s->operation];
}

static void insert(struct registry_step *s, lk_u64 id)
{
	verify_registry_tag = lifecycle_begin(s);
	if (s->ops->insert(s->r, id))
		registry_step_fail(s, VERIFY_IDLE, "an object could not be inserted before");
	s->inserted++;
}

static bool needs_reference(enum step_operation o)
{
	return o == STEP_PUT || o == STEP_LAST_PUT || o == STEP_REMOVE;
}

static void set_up(struct registry_step *s)
{
	bool absent = s->operation == STEP_LOOKUP_ABSENT || s->operation == STEP_INSERT;

	s->pc = s->act->sweep ? 0 : s->pcs[s->boundary];
	s->object = NULL;
	s->returned = 0;
	s->visited = s->waited = s->deleted = false;
	s->inserted = s->unlinked = s->seen = s->changes = 0;
	s->known = STEP_UNKNOWN;
	for (lk_u64 id = STEP_X + absent; id <= STEP_IDS; id++)
		insert(s, id);
	if (s->operation == STEP_INSERT) {
		verify_registry_tag = lifecycle_begin(s);
		s->object = s->ops->make(s->r, STEP_X);
	}
	if (needs_reference(s->operation))
		s->object = s->ops->lookup(s->r, STEP_X);
	registry_step_interrupt(s, s->act->before);
	if (s->operation == STEP_LAST_PUT)
		s->unlinked += s->ops->erase(s->r, STEP_X) == 0;
}

/* -- judged ----------------------------------------------------------------------------------- */

static bool does(const struct registry_step *s, const char *letters)
{
	return strpbrk(s->act->program, letters) != NULL;
}

/* What it returned. */
static void complete(struct registry_step *s)
{
	switch (s->operation) {
	case STEP_LOOKUP:
		s->result.hits += s->object != NULL;
		if (!s->object && !does(s, "ds"))
			registry_step_fail(s, VERIFY_WRONG, "it found nothing");
		/* fall through */
	case STEP_LOOKUP_ABSENT:
		if (s->object && s->operation == STEP_LOOKUP_ABSENT && !does(s, "i"))
			registry_step_fail(s, VERIFY_WRONG, "it found what is not there");
		if (s->object)
			lifecycle_keep(s, s->object);
		break;
	case STEP_REMOVE:
		s->ops->put(s->r, s->object);
		/* fall through */
	case STEP_DELETE:
		s->unlinked += s->returned == 0;
		if (s->returned && s->returned != -ENOENT)
			registry_step_fail(s, VERIFY_WRONG, "it returned %ld", s->returned);
		break;
	case STEP_INSERT:
		s->inserted += s->returned == 0;
		if (s->returned)
			s->ops->put(s->r, s->object);
		break;
	case STEP_SHRINK:
		s->unlinked += (lk_u64)s->returned;
		break;
	default:
		break;
	}
}

/* Must X be found when all is over? */
static enum step_known at_the_end(const struct registry_step *s)
{
	bool deletes = does(s, "ds"), inserts = does(s, "i");

	switch (s->operation) {
	case STEP_LOOKUP:
	case STEP_PUT:
		return deletes ? inserts ? STEP_UNKNOWN : STEP_ABSENT : STEP_PRESENT;
	case STEP_INSERT:
		return deletes ? STEP_UNKNOWN : STEP_PRESENT;
	case STEP_LOOKUP_ABSENT:
	case STEP_LAST_PUT:
		return inserts ? STEP_PRESENT : STEP_ABSENT;
	default:
		return inserts ? STEP_UNKNOWN : STEP_ABSENT;
	}
}

/* What is known at once to be wrong. */
static void look_at_the_account(struct registry_step *s)
{
	struct verify_registry_account now;

	s->ops->account(s->r, &now);
	if (now.warnings)
		registry_step_fail(s, VERIFY_TWICE,
				   "references were put %llu times more often than got",
				   now.warnings);
	if (now.overwritten)
		registry_step_fail(s, VERIFY_FREED,
				   "%llu objects were written to after they were freed",
				   now.overwritten);
	if (now.bad_puts)
		registry_step_fail(s, VERIFY_TWICE, "%llu puts of what was linked were the last",
				   now.bad_puts);
}

/* As many are there as were inserted and not unlinked. */
static void take_stock(struct registry_step *s)
{
	lk_u64 there = 0;

	s->known = s->visited || s->act->sweep ? at_the_end(s) : STEP_UNKNOWN;
	registry_step_look(s);
	for (lk_u64 id = STEP_X; id <= STEP_IDS; id++) {
		void *o = s->ops->lookup(s->r, id);

		if (o)
			s->ops->put(s->r, o);
		there += o != NULL;
	}
	if (s->inserted - s->unlinked != there)
		registry_step_fail(s, VERIFY_LOST, "%llu inserted and %llu unlinked leave %llu",
				   s->inserted, s->unlinked, there);
	if (s->act->sweep && s->changes > 1)
		registry_step_fail(s, VERIFY_WRONG, "it was there, was not, and was again");
}

static void finish(struct registry_step *s)
{
	s->visited |= s->act->sweep;
	registry_step_wait(s);
	if (s->hangs) {
		registry_step_fail(s, VERIFY_HANG,
				   "the helper thread is stuck: it neither ends nor sleeps");
		return;
	}
	complete(s);
	take_stock(s);
	while (!s->stepped->failed && s->ops->shrink(s->r, 0, STEP_IDS))
		;
	look_at_the_account(s);
}

static void step_each(struct registry_step *s)
{
	struct trap trap = {.at = at_each, .arg = s, .limit = STEP_LIMIT};

	trap_run(&trap, entry(s), call, s);
	if (trap.endless)
		registry_step_fail(s, VERIFY_HANG, "it does not end");
	s->steps = trap.boundary;
	if (s->steps > s->stepped->boundaries)
		s->stepped->boundaries = s->steps;
}

/* To that instruction, and not to an earlier execution of it. */
static void run_to_one(struct registry_step *s)
{
	struct trap trap = {.at = at_one, .arg = s};
	unsigned long nth = 0;

	for (unsigned long i = 0; i <= s->boundary; i++)
		nth += s->pcs[i] == s->pc;
	if (!trap_run_to(&trap, s->pc, nth, call, s))
		call(s);
}

void registry_step_run(struct registry_step *s)
{
	verify_alive();
	if (!verify_has_time(s->verdict, "all boundaries"))
		return;
	if (lifecycle_full())
		lifecycle_account(s);
	set_up(s);
	if (s->act->sweep)
		step_each(s);
	else
		run_to_one(s);
	s->stepped->runs++;
	s->result.operations++;
	finish(s);
}
