// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* path.c - see verify/keyed/path.h. */
#include <stdint.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/keyed/path.h"

bool path_open(struct verify_verdict *v)
{
	const struct keyed_code *code = v->subject->self;

	if (!trap_open(v))
		return false;
	for (size_t i = 0; i < code->sizes_count; i++)
		if (!trap_breaks((uintptr_t)code->sizes[i].find)) {
			verify_skip(v, "no breakpoint can be set: instructions cannot be written "
				       "to");
			return false;
		}
	return true;
}

/* -- all of its instructions ------------------------------------------------------------------- */

struct following {
	struct path *path;
	const struct scene *scene;
	enum verify_kind endless;
	void (*at)(struct path *p, void *arg);
	void *arg;
};

static void follow(struct trap *trap)
{
	const struct following *f = trap->arg;
	struct path *p = f->path;
	unsigned long nth = 1;

	if (p->steps == PATH_MAX_STEPS)
		verify_give_up(f->endless,
			       "an operation did not end after %d instructions, while "
			       "the one that it interrupts stood still",
			       PATH_MAX_STEPS);
	for (unsigned long i = 0; i < p->steps; i++)
		nth += p->pc[i] == trap->pc;
	p->pc[p->steps] = trap->pc;
	p->stored[p->steps] = memcmp(p->memory, f->scene->memory, sizeof(p->memory)) != 0;
	if (p->stored[p->steps])
		memcpy(p->memory, f->scene->memory, sizeof(p->memory));
	p->nth[p->steps++] = nth;
	if (f->at)
		f->at(p, f->arg);
}

void path_step(struct path *p, struct scene_find *f, enum verify_kind endless,
	       void (*at)(struct path *p, void *arg), void *arg)
{
	struct following following = {p, f->scene, endless, at, arg};
	struct trap trap = {.at = follow, .arg = &following, .limit = ~0UL};

	p->steps = 0;
	memcpy(p->memory, f->scene->memory, sizeof(p->memory));
	trap_run(&trap, (uintptr_t)f->scene->size->find, scene_find, f);
}

void path_follow(struct path *p, struct scene_find *f, enum verify_kind endless)
{
	path_step(p, f, endless, NULL, NULL);
}

/* -- one of them ------------------------------------------------------------------------------- */

struct stopping {
	void (*at)(void *arg);
	void *arg;
	bool came;
};

static void stop(struct trap *trap)
{
	struct stopping *s = trap->arg;

	s->came = true;
	s->at(s->arg);
}

bool path_stop(const struct path *p, unsigned long boundary, struct scene_find *f,
	       void (*at)(void *arg), void *arg)
{
	struct stopping stopping = {at, arg, false};
	struct trap trap = {.at = stop, .arg = &stopping};

	trap_run_to(&trap, p->pc[boundary], p->nth[boundary], scene_find, f);
	return stopping.came;
}
