// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* step_act.c - what is done while an operation of the check `step` stands still. */
#include <errno.h>

#include "verify/registry/step.h"

/* Look X up in this thread. Returns it, or NULL. */
static void *look_up(struct registry_step *s)
{
	void *o = s->ops->lookup(s->r, STEP_X);

	s->result->hits += o != NULL;
	if (o && !s->ops->whole(o, STEP_X)) {
		s->result->early++;
		registry_step_fail(s, "a lookup returned an object that was freed");
		return NULL;
	}
	if (o && s->known == STEP_ABSENT)
		registry_step_fail(s, "what was deleted was found");
	if (!o && s->known == STEP_PRESENT)
		registry_step_fail(s, "what was inserted was not found");
	return o;
}

void registry_step_look(struct registry_step *s)
{
	void *o = look_up(s);
	bool found = o != NULL;

	if (o)
		s->ops->put(s->r, o);
	s->changes += s->seen && found != (s->seen == STEP_PRESENT);
	s->seen = found ? STEP_PRESENT : STEP_ABSENT;
}

static void look_and_keep(struct registry_step *s)
{
	void *o = look_up(s);

	if (o)
		lives_keep(s, o);
}

/* Have the other thread do it. Returns whether it has. */
static bool ask(struct registry_step *s, enum other_what what, lk_u64 id)
{
	enum other_became became;

	s->other.id = id;
	if (what == OTHER_INSERT)
		s->other.tag = lives_begin(s);
	became = other_ask(&s->other, what);
	s->waited = became == OTHER_WAITS;
	s->hangs |= became == OTHER_HANGS;
	return became == OTHER_DONE;
}

/* What it did, now or after it had waited. */
static void credit(struct registry_step *s)
{
	const struct other *o = &s->other;

	switch (o->what) {
	case OTHER_ERASE:
		s->deleted = o->result == 0;
		s->unlinked += o->result == 0;
		if (o->result && o->result != -ENOENT)
			registry_step_fail(s, "a delete returned %ld", o->result);
		break;
	case OTHER_INSERT:
		s->inserted += o->result == 0;
		if (o->result && o->result != -EEXIST)
			registry_step_fail(s, "an insert returned %ld", o->result);
		break;
	case OTHER_SHRINK:
		s->unlinked += (lk_u64)o->result;
		break;
	case OTHER_GET:
		if (o->object)
			lives_keep(s, o->object);
		break;
	default:
		break;
	}
}

static void act_of_other(struct registry_step *s, char letter)
{
	static const struct {
		char letter;
		enum other_what what;
		lk_u64 id;
		enum step_known known;
	} acts[] = {
		{'d', OTHER_ERASE, STEP_X, STEP_ABSENT},
		{'n', OTHER_ERASE, STEP_X + 1, STEP_UNKNOWN},
		{'i', OTHER_INSERT, STEP_X, STEP_PRESENT},
		{'s', OTHER_SHRINK, 0, STEP_UNKNOWN},
		{'l', OTHER_LOOKUP, STEP_X, STEP_UNKNOWN},
		{'p', OTHER_PUT, STEP_X, STEP_UNKNOWN},
		{'F', OTHER_FIND, STEP_X, STEP_UNKNOWN},
		{'g', OTHER_GET, STEP_X, STEP_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (acts[i].letter != letter)
			continue;
		if (ask(s, acts[i].what, acts[i].id)) {
			s->known = acts[i].known;
			credit(s);
		}
	}
}

/* Nothing can be freed before the section that is stopped goes on. */
static bool can_be_freed(const struct registry_step *s)
{
	return s->deleted && !s->ops->inside();
}

void registry_step_interrupt(struct registry_step *s, const char *program)
{
	for (; *program && !s->waited && !s->hangs; program++) {
		if (*program == 'L')
			registry_step_look(s);
		else if (*program == 'K')
			look_and_keep(s);
		else if (*program != 'f')
			act_of_other(s, *program);
		else if (can_be_freed(s))
			ask(s, OTHER_SETTLE, 0);
	}
}

void registry_step_wait(struct registry_step *s)
{
	if (s->waited) {
		s->stepped->waited++;
		s->hangs |= !other_finish(&s->other);
		if (!s->hangs)
			credit(s);
	} else if (!s->hangs && !s->visited && *s->act->before) {
		ask(s, *s->act->before == 'l' ? OTHER_PUT : OTHER_LEAVE, STEP_X);
	}
}
