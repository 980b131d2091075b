// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* other.c - see verify/registry/other.h. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "verify/registry/other.h"
#include "host/clock.h"

/* How long it may take, on a machine that is busy with other things. */
#define HANGS_NS 20000000000ULL
/* A grace period that has not ended by then waits for the thread that asked. */
#define GRACE_NS 3000000000ULL
/* So often in a row it must be seen asleep. */
#define SLEEPS 3
#define YIELDS 20
#define LOOK_NS 50000

/* -- the thread ------------------------------------------------------------------------------- */

static void leave(struct other *o)
{
	if (o->in_section)
		o->ops->section(false);
	o->in_section = false;
}

static void insert(struct other *o)
{
	verify_registry_tag = o->tag;
	o->result = o->ops->insert(o->r, o->id);
}

static void find(struct other *o)
{
	o->ops->section(true);
	o->in_section = true;
	o->object = o->ops->find(o->r, o->id);
}

static void get(struct other *o)
{
	if (o->object && !o->ops->get(o->r, o->object))
		o->object = NULL;
	leave(o);
}

static void act(struct other *o)
{
	switch (o->what) {
	case OTHER_ERASE:
		o->result = o->ops->erase(o->r, o->id);
		break;
	case OTHER_INSERT:
		insert(o);
		break;
	case OTHER_SHRINK:
		o->result = (long)o->ops->shrink(o->r, 0, 1);
		break;
	case OTHER_SETTLE:
		o->ops->settle(o->r);
		break;
	case OTHER_LOOKUP:
		o->object = o->ops->lookup(o->r, o->id);
		break;
	case OTHER_PUT:
		o->ops->put(o->r, o->object);
		break;
	case OTHER_FIND:
		find(o);
		break;
	case OTHER_GET:
		get(o);
		break;
	default:
		leave(o);
	}
}

static void *follow(void *arg)
{
	struct other *o = arg;
	bool last;

	o->tid = gettid();
	o->ops->enter();
	do {
		while (sem_wait(&o->go))
			;
		/* Relaxed, here and below: the semaphore orders what was asked.
		 * ORDER: release, so that who sees it begun does not see it asleep from before;
		 * pairs with has_begun(). */
		order_store_release(&o->taken, order_load_relaxed(&o->asked));
		last = o->what == OTHER_END;
		act(o);
		/* ORDER: release: what it has done is there; pairs with is_done(). */
		order_store_release(&o->done, order_load_relaxed(&o->asked));
	} while (!last);
	o->ops->leave();
	return NULL;
}

/* -- who asks --------------------------------------------------------------------------------- */

/* Once it has begun, it sleeps only where it waits for somebody. */
static bool sleeps(const struct other *o)
{
	char text[128];
	ssize_t n = pread(o->state, text, sizeof(text) - 1, 0);
	const char *name_ends;

	if (n <= 0)
		return false;
	text[n] = '\0';
	name_ends = strrchr(text, ')');
	return name_ends && name_ends[1] && name_ends[2] == 'S';
}

static bool is_done(const struct other *o)
{
	/* ORDER: acquire, to see what it has done; pairs with the second release in follow(). */
	return order_load_acquire(&o->done) == order_load_relaxed(&o->asked);
}

static bool has_begun(const struct other *o)
{
	/* ORDER: acquire: then its state is looked at; pairs with follow()'s first release. */
	return order_load_acquire(&o->taken) == order_load_relaxed(&o->asked);
}

static void pause_a_little(unsigned int times)
{
	const struct timespec look = {0, LOOK_NS};

	if (times < YIELDS)
		sched_yield();
	else
		nanosleep(&look, NULL);
}

static enum other_became wait_for(const struct other *o, bool to_its_end)
{
	uint64_t begin = clock_now_ns();
	unsigned int asleep = 0;

	for (unsigned int times = 0; !is_done(o); times++) {
		uint64_t passed = clock_now_ns() - begin;

		pause_a_little(times);
		if (passed > HANGS_NS)
			return OTHER_HANGS;
		if (to_its_end || times < YIELDS)
			continue;
		if (o->what == OTHER_SETTLE && passed < GRACE_NS)
			continue;
		asleep = has_begun(o) && sleeps(o) ? asleep + 1 : 0;
		if (asleep == SLEEPS)
			return OTHER_WAITS;
	}
	return OTHER_DONE;
}

enum other_became other_ask(struct other *o, enum other_what what)
{
	o->what = what;
	/* Relaxed: the semaphore below orders it. */
	order_store_relaxed(&o->asked, order_load_relaxed(&o->asked) + 1);
	sem_post(&o->go);
	return wait_for(o, false);
}

bool other_finish(struct other *o)
{
	return wait_for(o, true) == OTHER_DONE;
}

bool other_start(struct other *o, const struct verify_registry_ops *ops)
{
	char path[64];

	*o = (struct other){.ops = ops};
	if (sem_init(&o->go, 0, 0) || pthread_create(&o->thread, NULL, follow, o))
		return false;
	other_ask(o, OTHER_LEAVE);
	if (!other_finish(o))
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)o->tid);
	o->state = open(path, O_RDONLY | O_CLOEXEC);
	return o->state >= 0;
}

void other_end(struct other *o)
{
	other_ask(o, OTHER_END);
	pthread_join(o->thread, NULL);
	close(o->state);
	sem_destroy(&o->go);
}
