// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* helper.c - see verify/registry/helper.h. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/clock.h"
#include "verify/core/verdict.h"
#include "verify/core/watch.h"
#include "verify/registry/helper.h"

/* How long it may take, on a machine that is busy with other things. */
#define HANGS_NS 20000000000ULL
/* So often in a row it must be seen asleep. */
#define SLEEPS 3
#define YIELDS 20
#define LOOK_NS 50000

/* -- the thread ------------------------------------------------------------------------------- */

static void nothing(struct helper *h)
{
	(void)h;
}

static void *follow(void *arg)
{
	struct helper *h = arg;

	h->tid = gettid();
	h->ops->enter();
	for (;;) {
		while (sem_wait(&h->go))
			;
		/* Relaxed, here and below: the semaphore orders what was asked.
		 * ORDER: release, so that who sees it begun does not see it asleep from before;
		 * pairs with has_begun(). */
		order_store_release(&h->taken, order_load_relaxed(&h->asked));
		if (!h->what)
			break;
		h->what(h);
		/* ORDER: release: what it has done is there; pairs with is_done(). */
		order_store_release(&h->done, order_load_relaxed(&h->asked));
	}
	h->ops->leave();
	return NULL;
}

/* -- who asks --------------------------------------------------------------------------------- */

/* Once it has begun, it sleeps only where it waits for somebody. */
static bool sleeps(const struct helper *h)
{
	char text[128];
	ssize_t n = pread(h->state, text, sizeof(text) - 1, 0);
	const char *name_ends;

	if (n <= 0)
		return false;
	text[n] = '\0';
	name_ends = strrchr(text, ')');
	return name_ends && name_ends[1] && name_ends[2] == 'S';
}

static bool is_done(const struct helper *h)
{
	/* ORDER: acquire, to see what it has done; pairs with the second release in follow(). */
	return order_load_acquire(&h->done) == order_load_relaxed(&h->asked);
}

static bool has_begun(const struct helper *h)
{
	/* ORDER: acquire: then its state is looked at; pairs with follow()'s first release. */
	return order_load_acquire(&h->taken) == order_load_relaxed(&h->asked);
}

static void pause_a_little(unsigned int times)
{
	const struct timespec look = {0, LOOK_NS};

	if (times < YIELDS)
		sched_yield();
	else
		nanosleep(&look, NULL);
}

static enum helper_state wait_for(const struct helper *h, uint64_t patience_ns)
{
	uint64_t begin = clock_now_ns();
	unsigned int asleep = 0;

	for (unsigned int times = 0; !is_done(h); times++) {
		uint64_t passed = clock_now_ns() - begin;

		pause_a_little(times);
		verify_alive();
		if (passed > HANGS_NS)
			return HELPER_STUCK;
		if (times < YIELDS || passed < patience_ns)
			continue;
		asleep = has_begun(h) && sleeps(h) ? asleep + 1 : 0;
		if (asleep == SLEEPS)
			return HELPER_BLOCKED;
	}
	return HELPER_DONE;
}

enum helper_state helper_ask(struct helper *h, void (*what)(struct helper *h), uint64_t patience_ns)
{
	h->what = what;
	/* Relaxed: the semaphore below orders it. */
	order_store_relaxed(&h->asked, order_load_relaxed(&h->asked) + 1);
	sem_post(&h->go);
	return wait_for(h, patience_ns);
}

bool helper_finish(struct helper *h)
{
	return wait_for(h, UINT64_MAX) == HELPER_DONE;
}

bool helper_start(struct helper *h, const struct verify_registry_ops *ops)
{
	char path[64];

	*h = (struct helper){.ops = ops};
	sem_init(&h->go, 0, 0);
	h->thread = verify_thread(follow, h);
	helper_ask(h, nothing, 0);
	if (!helper_finish(h))
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)h->tid);
	h->state = open(path, O_RDONLY | O_CLOEXEC);
	return h->state >= 0;
}

void helper_end(struct helper *h)
{
	h->what = NULL;
	sem_post(&h->go);
	pthread_join(h->thread, NULL);
	close(h->state);
	sem_destroy(&h->go);
}
