// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* path.c - see verify/core/path.h. */
#include <string.h>

#include "verify/core/path.h"
#include "verify/core/watch.h"

bool path_open(struct verify_verdict *v)
{
	return trap_open(v);
}

bool path_breaks(struct verify_verdict *v, lk_u64 entry)
{
	bool breaks = trap_breaks(entry);

	if (!breaks)
		verify_skip(v, "no breakpoint can be set: instructions cannot be written to");
	return breaks;
}

/* -- all of its instructions ------------------------------------------------------------------- */

struct following {
	struct path *path;
	const struct path_operation *operation;
	enum verify_kind endless;
	void (*at)(struct path *p, void *arg);
	void *arg;
};

static void follow(struct trap *trap)
{
	const struct following *f = trap->arg;
	const struct path_operation *o = f->operation;
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
	p->stored[p->steps] = memcmp(p->memory, o->memory, o->words * sizeof(*o->memory)) != 0;
	if (p->stored[p->steps])
		memcpy(p->memory, o->memory, o->words * sizeof(*o->memory));
	p->nth[p->steps++] = nth;
	if (f->at)
		f->at(p, f->arg);
}

void path_step(struct path *p, struct path_operation o, enum verify_kind endless,
	       void (*at)(struct path *p, void *arg), void *arg)
{
	struct following following = {p, &o, endless, at, arg};
	struct trap trap = {.at = follow, .arg = &following, .limit = ~0UL};

	p->steps = 0;
	memcpy(p->memory, o.memory, o.words * sizeof(*o.memory));
	trap_run(&trap, o.entry, o.call, o.arg);
}

void path_follow(struct path *p, struct path_operation o, enum verify_kind endless)
{
	path_step(p, o, endless, NULL, NULL);
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

bool path_stop(const struct path *p, unsigned long boundary, struct path_operation o,
	       void (*at)(void *arg), void *arg)
{
	struct stopping stopping = {at, arg, false};
	struct trap trap = {.at = stop, .arg = &stopping};

	trap_run_to(&trap, p->pc[boundary], p->nth[boundary], o.call, o.arg);
	return stopping.came;
}
