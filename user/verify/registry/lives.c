// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * lives.c - the objects of the check `step`: what is held stays, and in the end
 * each one was released once.
 */
#include <signal.h>

#include "verify/registry/step.h"

static struct step_lives all;

/* Called by liburcu's thread. */
static void on_released(lk_u64 tag)
{
	static __thread bool unblocked;
	sigset_t trap;

	/* It may come to a breakpoint of verify/core/trap.c. */
	if (!unblocked) {
		sigemptyset(&trap);
		sigaddset(&trap, SIGTRAP);
		pthread_sigmask(SIG_UNBLOCK, &trap, NULL);
		unblocked = true;
	}
	if (tag && tag <= all.lives_count)
		/* Relaxed: read after a grace period. */
		order_fetch_add_relaxed(&all.lives[tag].released, 1);
}

void lives_open(void)
{
	all.lives_count = all.kept_count = 0;
	verify_registry_released = on_released;
}

lk_u64 lives_begin(const struct registry_step *s)
{
	lk_u64 tag = ++all.lives_count;

	all.lives[tag] = (struct step_life){s->act, s->boundary, s->pc, 0};
	return tag;
}

void lives_keep(struct registry_step *s, void *object)
{
	lk_u64 tag = s->ops->tag(object);

	if (!s->ops->whole(object, STEP_X) || !tag || tag > all.lives_count) {
		s->result->early++;
		registry_step_fail(s, "a lookup returned an object that was freed");
		return;
	}
	all.kept[all.kept_count++] = (struct step_kept){object, tag};
}

bool lives_full(void)
{
	return all.lives_count + STEP_LIVES_A_RUN >= STEP_LIVES ||
	       all.kept_count + STEP_LIVES_A_RUN >= STEP_KEPT;
}

static lk_u64 released(lk_u64 tag)
{
	/* Relaxed: after a grace period. */
	return order_load_relaxed(&all.lives[tag].released);
}

static void blame(struct registry_step *s, lk_u64 tag, const char *what)
{
	const struct step_life *life = &all.lives[tag];

	s->act = life->act;
	s->boundary = life->boundary;
	s->pc = life->pc;
	registry_step_fail(s, "%s", what);
}

static void put_what_is_kept(struct registry_step *s)
{
	for (lk_u64 i = 0; i < all.kept_count && !s->stepped->failed; i++) {
		const struct step_kept *k = &all.kept[i];

		if (released(k->tag) || !s->ops->whole(k->object, STEP_X)) {
			s->result->early++;
			blame(s, k->tag, "an object was freed while somebody referred to it");
			return;
		}
		s->ops->put(s->r, k->object);
	}
}

static void count_releases(struct registry_step *s)
{
	for (lk_u64 tag = 1; s->ops->releases && tag <= all.lives_count; tag++) {
		if (released(tag) == 1)
			continue;
		blame(s, tag,
		      released(tag) ? "an object was freed twice" : "an object was never freed");
		return;
	}
}

static void balance(struct registry_step *s)
{
	struct verify_registry_account now;

	s->ops->account(s->r, &now);
	if (now.made != now.freed || now.in_use)
		registry_step_fail(s, "%lld objects were never freed",
				   (long long)(now.made - now.freed));
}

void lives_account(struct registry_step *s)
{
	s->ops->settle(s->r);
	put_what_is_kept(s);
	s->ops->settle(s->r);
	if (!s->stepped->failed)
		count_releases(s);
	if (!s->stepped->failed)
		balance(s);
	all.lives_count = all.kept_count = 0;
}
