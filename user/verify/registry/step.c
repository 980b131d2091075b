// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * step.c - a signal before every machine instruction of every operation of a
 * registry, those of liburcu, the C library and the reference count included.
 *
 * A signal handler may look up and put, which take no lock; so the handler does that. What takes
 * the mutex or waits, another thread does, while the operation stands still: it deletes, inserts,
 * sheds, waits for a grace period and puts the last reference. Where it needs the mutex that the
 * operation has, it waits, and does it while the operation goes on; that is counted.
 *
 * A run with a step at each instruction says which they are and in which order; then there is one
 * run for each of them and each act, to a breakpoint there. What is not stepped: the kernel, what
 * the other thread does, liburcu's own thread, and registry_new(), which nobody else can see yet.
 *
 * Whatever is granted is counted, and at the end of a run as many objects must be there as were
 * inserted and not unlinked. References are kept until grace periods have passed; then those
 * objects must be whole, and when they have been put each object that was made has been released,
 * once.
 */
#include <stdint.h>
#include <string.h>

#include "verify/registry/step.h"

#define BIT(operation) (1U << STEP_##operation)
#define EACH ((1U << STEP_OPERATIONS) - 1)
/* Those during which X can be deleted: it is linked at their beginning or end. */
#define WITH_X (EACH & ~BIT(LOOKUP_ABSENT) & ~BIT(LAST_PUT))

static const struct step_act acts[] = {
	/* Twice: what is executed only at first, such as waking a thread up, is visited here. */
	{"a lookup, at each of them", "", "L", EACH, true},
	{"a lookup, at each of them", "", "L", EACH, true},
	{"a lookup", "", "K", EACH, false},
	{"a delete and a grace period", "", "dLf", WITH_X, false},
	{"a delete and an insert", "", "dLiL", BIT(LOOKUP) | BIT(PUT) | BIT(DELETE), false},
	{"an insert", "", "iL", BIT(LOOKUP_ABSENT) | BIT(LAST_PUT) | BIT(INSERT) | BIT(REMOVE),
	 false},
	{"the shrinker", "", "s", BIT(LOOKUP) | BIT(PUT) | BIT(DELETE), false},
	{"a delete of the next object", "", "n", BIT(SHRINK), false},
	{"a put", "l", "p", BIT(PUT) | BIT(LAST_PUT), false},
	{"a get", "F", "g", BIT(LAST_PUT), false},
};
/* How often it is tried to come to an instruction that is not always executed. */
#define TRIES 2
#define ACTS (sizeof(acts) / sizeof(acts[0]))

static struct registry_step the_step;

static bool goes_on(const struct registry_step *s)
{
	return !s->stepped->failed && !s->hangs;
}

/* At each instruction in turn. A few are not executed each time, as those that wake a thread up. */
static void walk(struct registry_step *s)
{
	unsigned long visited = 0;

	for (s->boundary = 0; s->boundary < s->steps && goes_on(s); s->boundary++) {
		int tries = 0;

		do
			registry_step_run(s);
		while (!s->visited && ++tries < TRIES && goes_on(s));
		visited += s->visited;
		s->stepped->missed += !s->visited;
	}
	if (!visited)
		registry_step_fail(s, "none was come to: the check has not checked");
}

static void try_acts(struct registry_step *s)
{
	for (size_t i = 0; i < ACTS && goes_on(s); i++) {
		s->act = &acts[i];
		s->boundary = 0;
		if (!(s->act->operations & 1U << s->operation))
			continue;
		if (s->act->sweep)
			registry_step_run(s);
		else
			walk(s);
	}
}

/* The sum of all registries; what is broken is left alone. */
static void add_account(struct registry_step *s)
{
	struct verify_registry_account *sum = &s->result->account, one;

	s->ops->account(s->r, &one);
	sum->made += one.made;
	sum->freed += one.freed;
	sum->inserted += one.inserted;
	sum->deleted += one.deleted;
	sum->shed += one.shed;
	sum->warnings += one.warnings;
	s->result->early += one.overwritten;
	if (!s->stepped->failed)
		s->result->leaked += one.made - one.freed;
}

/* Everything exists and all functions are bound before anything is stepped. */
static bool warm_up(struct registry_step *s)
{
	void *o;

	verify_registry_tag = 0;
	if (s->ops->insert(s->r, STEP_X))
		return false;
	o = s->ops->lookup(s->r, STEP_X);
	s->ops->remove(s->r, o);
	s->ops->put(s->r, o);
	s->ops->settle(s->r);
	return true;
}

static void try_operation(struct registry_step *s, enum step_operation operation)
{
	struct verify_registry_result *result = s->result;

	s->operation = operation;
	s->stepped = &result->stepped[result->stepped_count++];
	s->stepped->operation = registry_step_name(operation);
	s->act = acts;
	s->r = s->other.r = s->ops->create();
	lives_open();
	if (!s->r || !warm_up(s)) {
		registry_found(result, "no memory for a registry");
		return;
	}
	try_acts(s);
	if (goes_on(s))
		lives_account(s);
	add_account(s);
	if (goes_on(s) && s->ops->destroy(s->r))
		registry_step_fail(s, "objects were held at the end, by nobody");
}

void verify_registry_step(const struct verify_registry_ops *ops, double seconds,
			  struct verify_registry_result *result)
{
	struct registry_step *s = &the_step;

	(void)seconds;
	if (!trap_available()) {
		result->outcome = REGISTRY_SKIP;
		strcpy(result->reason, "this machine has no trap flag that a program can set");
		return;
	}
	if (!trap_breaks((uintptr_t)ops->lookup)) {
		result->outcome = REGISTRY_SKIP;
		strcpy(result->reason,
		       "no breakpoint can be set: instructions cannot be written to");
		return;
	}
	*s = (struct registry_step){.ops = ops, .result = result};
	ops->enter();
	if (!other_start(&s->other, ops)) {
		registry_found(result, "no other thread");
		return;
	}
	trap_install();
	for (int i = 0; i < STEP_OPERATIONS && !s->hangs; i++)
		try_operation(s, (enum step_operation)i);
	if (!s->hangs)
		other_end(&s->other);
	ops->leave();
}
