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
#include <stdio.h>

#include "verify/core/watch.h"
#include "verify/core/trap.h"
#include "verify/registry/helper.h"
#include "verify/registry/lifecycle.h"
#include "verify/registry/set.h"
#include "verify/registry/step_run.h"

#define BIT(operation) (1U << STEP_##operation)
#define EACH ((1U << STEP_OPERATIONS) - 1)
/* Those during which X can be deleted: it is linked at their beginning or end. */
#define WITH_X (EACH & ~BIT(LOOKUP_ABSENT) & ~BIT(LAST_PUT))

/* The last number counts the rows, for a record of --save. */
static const struct step_act acts[] = {
	/* Twice: what is executed only at first, such as waking a thread up, is visited here. */
	{"a lookup, at each of them", "", "L", EACH, true, 0},
	{"a lookup, at each of them", "", "L", EACH, true, 1},
	{"a lookup", "", "K", EACH, false, 2},
	{"a delete and a grace period", "", "dLf", WITH_X, false, 3},
	{"a delete and an insert", "", "dLiL", BIT(LOOKUP) | BIT(PUT) | BIT(DELETE), false, 4},
	{"an insert", "", "iL", BIT(LOOKUP_ABSENT) | BIT(LAST_PUT) | BIT(INSERT) | BIT(REMOVE),
	 false, 5},
	{"the shrinker", "", "s", BIT(LOOKUP) | BIT(PUT) | BIT(DELETE), false, 6},
	{"a delete of the next object", "", "n", BIT(SHRINK), false, 7},
	{"a put", "l", "p", BIT(PUT) | BIT(LAST_PUT), false, 8},
	{"a get", "F", "g", BIT(LAST_PUT), false, 9},
};
/* How often it is tried to come to an instruction that is not always executed. */
#define TRIES 2
#define ACTS (sizeof(acts) / sizeof(acts[0]))

static const char *const numbers[VERIFY_SITE_NUMBERS] = {"operation", "act", "boundary"};

static struct registry_step the_step;

static bool goes_on(const struct registry_step *s)
{
	return !s->stepped->failed && !s->hangs && s->verdict->outcome != VERIFY_SKIP;
}

/* Is this among what is to be replayed, as far as numbers first to last - 1 of the site say? */
static bool wanted(struct registry_step *s, unsigned int first, unsigned int last)
{
	s->site.at[0] = s->operation;
	s->site.at[1] = s->act->number;
	s->site.at[2] = s->boundary;
	return verify_site_wanted(&s->site, s->options->replay, first, last);
}

/* At each instruction in turn. A few are not executed each time, as those that wake a thread up. */
static void walk(struct registry_step *s)
{
	unsigned long visited = 0;

	for (s->boundary = 0; s->boundary < s->steps && goes_on(s); s->boundary++) {
		int tries = 0;

		if (!wanted(s, 2, 3))
			continue;
		do
			registry_step_run(s);
		while (!s->visited && ++tries < TRIES && goes_on(s));
		visited += s->visited;
		s->stepped->missed += !s->visited;
	}
	if (!visited && goes_on(s) && !s->options->replay)
		registry_step_fail(s, VERIFY_IDLE, "none was come to: the check has not checked");
}

static void try_acts(struct registry_step *s)
{
	for (size_t i = 0; i < ACTS && goes_on(s); i++) {
		s->act = &acts[i];
		s->boundary = 0;
		if (!(s->act->operations & 1U << s->operation))
			continue;
		/* A sweep says where the instructions are. */
		if (!s->act->sweep && !wanted(s, 1, 2))
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
	struct verify_registry_account *sum = &s->result.account, one;

	s->ops->account(s->r, &one);
	sum->made += one.made;
	sum->freed += one.freed;
	sum->inserted += one.inserted;
	sum->deleted += one.deleted;
	sum->shed += one.shed;
	sum->warnings += one.warnings;
	s->result.early += one.overwritten;
	if (!s->stepped->failed)
		s->result.leaked += one.made - one.freed;
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
	struct verify_verdict *v = s->verdict;

	s->operation = operation;
	s->act = acts;
	s->boundary = 0;
	if (!wanted(s, 0, 1))
		return;
	s->stepped = &v->stepped[v->stepped_count++];
	s->stepped->operation = registry_step_name(operation);
	s->r = s->helper.r = s->ops->create();
	lifecycle_open();
	if (!s->r || !warm_up(s)) {
		verify_fail(s->verdict, VERIFY_IDLE, NULL, "no memory for a registry");
		return;
	}
	try_acts(s);
	if (goes_on(s))
		lifecycle_account(s);
	add_account(s);
	if (goes_on(s) && s->ops->destroy(s->r))
		registry_step_fail(s, VERIFY_LOST, "objects were held at the end, by nobody");
}

/* What was stepped, in a sentence. */
static void note_stepped(struct verify_verdict *v)
{
	lk_u64 waited = 0, missed = 0;
	char list[200] = "";
	size_t n = 0;

	for (unsigned int i = 0; i < v->stepped_count; i++) {
		const struct verify_stepped *t = &v->stepped[i];

		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s %s %lu%s", i ? "," : "",
				      t->operation, t->boundaries, t->failed ? " (fails)" : "");
		waited += t->waited;
		missed += t->missed;
	}
	verify_note(v, "stopped at each instruction of%s", list);
	verify_count(v, "waited", waited);
	verify_count(v, "missed", missed);
}

static void run(const struct verify_options *options, struct verify_verdict *v)
{
	struct registry_step *s = &the_step;

	*s = (struct registry_step){.ops = v->subject->self,
				    .options = options,
				    .verdict = v,
				    .site = {.names = numbers}};
	s->result = (struct registry_result){.ops = s->ops, .verdict = v};
	if (!trap_open(v))
		return;
	if (!trap_breaks((uintptr_t)s->ops->lookup)) {
		verify_skip(v, "no breakpoint can be set: instructions cannot be written to");
		return;
	}
	verify_threads();
	s->ops->enter();
	if (!helper_start(&s->helper, s->ops)) {
		verify_fail(s->verdict, VERIFY_IDLE, NULL, "no helper thread");
		return;
	}
	verify_watch();
	for (int i = 0; i < STEP_OPERATIONS && !s->hangs; i++)
		try_operation(s, (enum step_operation)i);
	if (!s->hangs)
		helper_end(&s->helper);
	s->ops->leave();
	registry_tell(&s->result);
	note_stepped(v);
}

const struct verify_check verify_registry_step = {
	"step",	      "another thread or a signal between any two instructions does no harm",
	"operations", registry_expects,
	run,	      {NULL}};
