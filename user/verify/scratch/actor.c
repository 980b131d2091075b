// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* actor.c - see verify/scratch/actor.h. */
#include <stdint.h>

#include "verify/core/watch.h"
#include "verify/scratch/actor.h"

/*
 * What is done with the operation that comes, beside doing it: or the instruction to stop before.
 */
#define GO (-1)
#define FOLLOW (-2)

static struct actor *starting;

/* Back to who lets it go on; from within a signal handler, too, which is on this stack. */
static void pause_actor(struct actor *a)
{
	swapcontext(&a->context, a->director);
}

static void note(struct trap *t)
{
	struct actor_path *p = ((struct actor *)t->arg)->path;

	if (p->steps == ACTOR_MAX_STEPS)
		verify_give_up(VERIFY_HANG, "an operation did not end after %d instructions",
			       ACTOR_MAX_STEPS);
	p->pc[p->steps] = t->pc;
	p->nth[p->steps] = 1;
	for (unsigned long i = 0; i < p->steps; i++)
		p->nth[p->steps] += p->pc[i] == t->pc;
	p->steps++;
}

static void stop(struct trap *t)
{
	struct actor *a = t->arg;

	a->stopped = true;
	pause_actor(a);
	a->stopped = false;
}

static int claim(void *arg)
{
	struct actor *a = arg;

	a->bytes = a->code->claim(a->pool, &a->which);
	return 0;
}

static int release(void *arg)
{
	struct actor *a = arg;

	a->code->release(a->pool, a->bytes, a->which);
	return 0;
}

static void operate(struct actor *a, uintptr_t entry, int (*call)(void *arg))
{
	if (a->stop == GO) {
		call(a);
	} else if (a->stop == FOLLOW) {
		a->path->steps = 0;
		a->trap = (struct trap){.at = note, .arg = a, .limit = ~0UL};
		trap_run(&a->trap, entry, call, a);
	} else {
		a->trap = (struct trap){.at = stop, .arg = a};
		trap_run_to(&a->trap, a->path->pc[a->stop], a->path->nth[a->stop], call, a);
	}
}

static void act(void)
{
	struct actor *a = starting;

	operate(a, (uintptr_t)a->code->claim, claim);
	if (a->bytes) {
		a->state = ACTOR_HOLDS;
		pause_actor(a);
		a->state = ACTOR_RELEASES;
		operate(a, (uintptr_t)a->code->release, release);
	}
	a->state = ACTOR_DONE;
	for (;;)
		pause_actor(a);
}

void actor_init(struct actor *a, const struct scratch_code *code, struct scratch_pool *pool)
{
	a->code = code;
	a->pool = pool;
	a->state = ACTOR_CLAIMS;
	a->stopped = a->began = false;
	a->bytes = NULL;
	a->which = 0;
}

static void go_on(struct actor *a, struct actor_path *path, long stop_at)
{
	ucontext_t here;

	a->director = &here;
	a->path = path;
	a->stop = stop_at;
	if (!a->began) {
		a->began = true;
		starting = a;
		getcontext(&a->context);
		a->context.uc_stack.ss_sp = a->stack;
		a->context.uc_stack.ss_size = sizeof(a->stack);
		a->context.uc_link = NULL;
		makecontext(&a->context, act, 0);
	}
	swapcontext(&here, &a->context);
}

void actor_advance(struct actor *a)
{
	go_on(a, a->path, GO);
}

void actor_follow(struct actor *a, struct actor_path *path)
{
	go_on(a, path, FOLLOW);
}

bool actor_stop(struct actor *a, struct actor_path *path, unsigned long boundary)
{
	go_on(a, path, (long)boundary);
	return a->stopped;
}
