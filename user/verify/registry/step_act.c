// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* step_act.c - see verify/registry/step_act.h. */
#include <errno.h>

#include "verify/registry/lifecycle.h"
#include "verify/registry/step_act.h"
#include "verify/registry/step_fail.h"

/* Look X up in this thread. Returns it, or NULL. */
static void *look_up(struct registry_step *s)
{
	void *o = s->ops->lookup(s->r, STEP_X);

	s->result.hits += o != NULL;
	if (o && !s->ops->whole(o, STEP_X)) {
		s->result.early++;
		registry_step_fail(s, VERIFY_FREED, "a lookup returned an object that was freed");
		return NULL;
	}
	if (o && s->known == STEP_ABSENT)
		registry_step_fail(s, VERIFY_WRONG, "what was deleted was found");
	if (!o && s->known == STEP_PRESENT)
		registry_step_fail(s, VERIFY_WRONG, "what was inserted was not found");
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
		lifecycle_keep(s, o);
}

/* Have the other thread do it. Returns whether it has. */
static bool ask(struct registry_step *s, enum helper_request what, lk_u64 id)
{
	enum helper_state became;

	s->helper.id = id;
	if (what == HELPER_INSERT)
		s->helper.tag = lifecycle_begin(s);
	became = helper_ask(&s->helper, what);
	s->waited = became == HELPER_BLOCKED;
	s->hangs |= became == HELPER_STUCK;
	return became == HELPER_DONE;
}

/* What it did, now or after it had waited. */
static void credit(struct registry_step *s)
{
	const struct helper *h = &s->helper;

	switch (h->what) {
	case HELPER_ERASE:
		s->deleted = h->result == 0;
		s->unlinked += h->result == 0;
		if (h->result && h->result != -ENOENT)
			registry_step_fail(s, VERIFY_WRONG, "a delete returned %ld", h->result);
		break;
	case HELPER_INSERT:
		s->inserted += h->result == 0;
		if (h->result && h->result != -EEXIST)
			registry_step_fail(s, VERIFY_WRONG, "an insert returned %ld", h->result);
		break;
	case HELPER_SHRINK:
		s->unlinked += (lk_u64)h->result;
		break;
	case HELPER_GET:
		if (h->object)
			lifecycle_keep(s, h->object);
		break;
	default:
		break;
	}
}

static void act_of_other(struct registry_step *s, char letter)
{
	static const struct {
		char letter;
		enum helper_request what;
		lk_u64 id;
		enum step_known known;
	} acts[] = {
		{'d', HELPER_ERASE, STEP_X, STEP_ABSENT},
		{'n', HELPER_ERASE, STEP_X + 1, STEP_UNKNOWN},
		{'i', HELPER_INSERT, STEP_X, STEP_PRESENT},
		{'s', HELPER_SHRINK, 0, STEP_UNKNOWN},
		{'l', HELPER_LOOKUP, STEP_X, STEP_UNKNOWN},
		{'p', HELPER_PUT, STEP_X, STEP_UNKNOWN},
		{'F', HELPER_FIND, STEP_X, STEP_UNKNOWN},
		{'g', HELPER_GET, STEP_X, STEP_UNKNOWN},
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
			ask(s, HELPER_SETTLE, 0);
	}
}

void registry_step_wait(struct registry_step *s)
{
	if (s->waited) {
		s->stepped->waited++;
		s->hangs |= !helper_finish(&s->helper);
		if (!s->hangs)
			credit(s);
	} else if (!s->hangs && !s->visited && *s->act->before) {
		ask(s, *s->act->before == 'l' ? HELPER_PUT : HELPER_LEAVE, STEP_X);
	}
}
