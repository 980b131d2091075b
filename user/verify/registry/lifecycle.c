// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lifecycle.c - see verify/registry/lifecycle.h. */
#include <signal.h>

#include "verify/registry/lifecycle.h"

/* The life of an object, told by its tag. */
struct step_life {
	const struct step_act *act; /* in whose run it was made */
	unsigned long boundary;
	lk_u64 pc;
	lk_u64 released; /* how often */
};

/* A reference that is held until grace periods have passed. */
struct step_kept {
	void *object;
	lk_u64 tag;
};

#define STEP_LIVES 32768
#define STEP_KEPT 8192
/* Of one run, at most. */
#define STEP_LIVES_A_RUN 8

struct step_lifecycles {
	struct step_life lives[STEP_LIVES]; /* from 1 on */
	struct step_kept kept[STEP_KEPT];
	lk_u64 lifecycle_count, kept_count;
};

static struct step_lifecycles all;

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
	if (tag && tag <= all.lifecycle_count)
		/* Relaxed: read after a grace period. */
		order_fetch_add_relaxed(&all.lives[tag].released, 1);
}

void lifecycle_open(void)
{
	all.lifecycle_count = all.kept_count = 0;
	verify_registry_released = on_released;
}

lk_u64 lifecycle_begin(const struct registry_step *s)
{
	lk_u64 tag = ++all.lifecycle_count;

	all.lives[tag] = (struct step_life){s->act, s->boundary, s->pc, 0};
	return tag;
}

void lifecycle_keep(struct registry_step *s, void *object)
{
	lk_u64 tag = s->ops->tag(object);

	if (!s->ops->whole(object, STEP_X) || !tag || tag > all.lifecycle_count) {
		s->result.early++;
		registry_step_fail(s, VERIFY_FREED, "a lookup returned an object that was freed");
		return;
	}
	all.kept[all.kept_count++] = (struct step_kept){object, tag};
}

bool lifecycle_full(void)
{
	return all.lifecycle_count + STEP_LIVES_A_RUN >= STEP_LIVES ||
	       all.kept_count + STEP_LIVES_A_RUN >= STEP_KEPT;
}

static lk_u64 released(lk_u64 tag)
{
	/* Relaxed: after a grace period. */
	return order_load_relaxed(&all.lives[tag].released);
}

static void blame(struct registry_step *s, lk_u64 tag, enum verify_kind kind, const char *what)
{
	const struct step_life *life = &all.lives[tag];

	s->act = life->act;
	s->boundary = life->boundary;
	s->pc = life->pc;
	registry_step_fail(s, kind, "%s", what);
}

static void put_what_is_kept(struct registry_step *s)
{
	for (lk_u64 i = 0; i < all.kept_count && !s->stepped->failed; i++) {
		const struct step_kept *k = &all.kept[i];

		if (released(k->tag) || !s->ops->whole(k->object, STEP_X)) {
			s->result.early++;
			blame(s, k->tag, VERIFY_FREED,
			      "an object was freed while somebody referred to it");
			return;
		}
		s->ops->put(s->r, k->object);
	}
}

static void count_releases(struct registry_step *s)
{
	for (lk_u64 tag = 1; s->ops->releases && tag <= all.lifecycle_count; tag++) {
		if (released(tag) == 1)
			continue;
		if (released(tag))
			blame(s, tag, VERIFY_TWICE, "an object was freed twice");
		else
			blame(s, tag, VERIFY_LOST, "an object was never freed");
		return;
	}
}

static void balance(struct registry_step *s)
{
	struct verify_registry_account now;

	s->ops->account(s->r, &now);
	if (now.made != now.freed || now.in_use)
		registry_step_fail(s, VERIFY_LOST, "%lld objects were never freed",
				   (long long)(now.made - now.freed));
}

void lifecycle_account(struct registry_step *s)
{
	s->ops->settle(s->r);
	put_what_is_kept(s);
	s->ops->settle(s->r);
	if (!s->stepped->failed)
		count_releases(s);
	if (!s->stepped->failed)
		balance(s);
	all.lifecycle_count = all.kept_count = 0;
}
