// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* step_act.c - see verify/registry/step_act.h. */
#include <errno.h>

#include "verify/registry/lifecycle.h"
#include "verify/registry/step_act.h"

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

/* -- what the other thread does, and what follows from it, now or after it had waited -------- */

static void leave(struct helper *h)
{
	if (h->in_section)
		h->ops->section(false);
	h->in_section = false;
}

static void find(struct helper *h)
{
	h->ops->section(true);
	h->in_section = true;
	h->object = h->ops->find(h->r, h->id);
}

static void get(struct helper *h)
{
	if (h->object && !h->ops->get(h->r, h->object))
		h->object = NULL;
	leave(h);
}

static void got(struct registry_step *s)
{
	if (s->helper.object)
		lifecycle_keep(s, s->helper.object);
}

static void look(struct helper *h)
{
	h->object = h->ops->lookup(h->r, h->id);
}

static void put(struct helper *h)
{
	h->ops->put(h->r, h->object);
}

static void settle(struct helper *h)
{
	h->ops->settle(h->r);
}

static void erase(struct helper *h)
{
	h->result = h->ops->erase(h->r, h->id);
}

static void erased(struct registry_step *s)
{
	long result = s->helper.result;

	s->deleted = result == 0;
	s->unlinked += result == 0;
	if (result && result != -ENOENT)
		registry_step_fail(s, VERIFY_WRONG, "a delete returned %ld", result);
}

static void insert(struct helper *h)
{
	verify_registry_tag = h->tag;
	h->result = h->ops->insert(h->r, h->id);
}

static void inserted(struct registry_step *s)
{
	long result = s->helper.result;

	s->inserted += result == 0;
	if (result && result != -EEXIST)
		registry_step_fail(s, VERIFY_WRONG, "an insert returned %ld", result);
}

static void shrink(struct helper *h)
{
	h->result = (long)h->ops->shrink(h->r, 0, 1);
}

static void shrunk(struct registry_step *s)
{
	s->unlinked += (lk_u64)s->helper.result;
}

/* Acts of the other thread, by their letters. */
static const struct helper_act {
	char letter;
	void (*what)(struct helper *h);
	void (*credit)(struct registry_step *s);
	lk_u64 id;
	enum step_known known;
	uint64_t patience_ns; /* a grace period that has not ended by then waits for who asked */
} acts[] = {
	{'d', erase, erased, STEP_X, STEP_ABSENT, 0},
	{'n', erase, erased, STEP_X + 1, STEP_UNKNOWN, 0},
	{'i', insert, inserted, STEP_X, STEP_PRESENT, 0},
	{'s', shrink, shrunk, 0, STEP_UNKNOWN, 0},
	{'l', look, NULL, STEP_X, STEP_UNKNOWN, 0},
	{'p', put, NULL, STEP_X, STEP_UNKNOWN, 0},
	{'F', find, NULL, STEP_X, STEP_UNKNOWN, 0},
	{'g', get, got, STEP_X, STEP_UNKNOWN, 0},
	{'f', settle, NULL, 0, STEP_UNKNOWN, 3000000000ULL},
	{'e', leave, NULL, STEP_X, STEP_UNKNOWN, 0},
};

static void credit(struct registry_step *s)
{
	if (s->asked->credit)
		s->asked->credit(s);
}

/* Have the other thread do that. */
static void ask(struct registry_step *s, char letter)
{
	const struct helper_act *act = acts;
	enum helper_state became;

	while (act->letter != letter)
		act++;
	s->asked = act;
	s->helper.id = act->id;
	if (act->what == insert)
		s->helper.tag = lifecycle_begin(s);
	became = helper_ask(&s->helper, act->what, act->patience_ns);
	s->waited = became == HELPER_BLOCKED;
	s->hangs |= became == HELPER_STUCK;
	if (became == HELPER_DONE) {
		if (letter != 'f')
			s->known = act->known;
		credit(s);
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
		else if (*program != 'f' || can_be_freed(s))
			ask(s, *program);
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
		ask(s, *s->act->before == 'l' ? 'p' : 'e');
	}
}
