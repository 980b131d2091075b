// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ways.c - see dispatch_test.h. */
#include "dispatch_test.h"

/* Any error but success is a failure of the test, in programs without cmocka, too. */
static void must(int err)
{
	if (err)
		abort();
}

/* Now and then wait, or callers would be overrun by what is to be released. */
static void let_release(struct subject *s)
{
	if (++s->swaps % 256 == 0)
		RCU(barrier)();
}

static bool posted_call(struct subject *s, struct event *e)
{
	return dispatch_slot_posted_call(&s->posted, e);
}

static bool slot_call(struct subject *s, struct event *e)
{
	return dispatch_slot_call(&s->slot, e);
}

static bool table_call(struct subject *s, struct event *e)
{
	return dispatch_table_handle(&s->table, 0, e) == 0;
}

static void posted_set(struct subject *s, struct dispatch_handler *next, release_fn *release)
{
	struct dispatch_handler *old = s->in_posted;

	dispatch_slot_posted_set(&s->posted, next->call, next->context);
	s->in_posted = next;
	release(old);
}

static void swap(struct subject *s, struct dispatch_handler *next, release_fn *release)
{
	struct dispatch_handler *old;

	must(dispatch_slot_swap(&s->slot, next, &old));
	release(old);
}

static void swap_async(struct subject *s, struct dispatch_handler *next, release_fn *release)
{
	must(dispatch_slot_swap_async(&s->slot, next, release));
	let_release(s);
}

static void replace(struct subject *s, struct dispatch_handler *next, release_fn *release)
{
	struct dispatch_handler *old;

	must(dispatch_table_replace(&s->table, 0, next, &old));
	release(old);
}

static void replace_async(struct subject *s, struct dispatch_handler *next, release_fn *release)
{
	must(dispatch_table_replace_async(&s->table, 0, next, release));
	let_release(s);
}

static void unregister(struct subject *s, struct dispatch_handler *next, release_fn *release)
{
	struct dispatch_handler *old;

	must(dispatch_table_unregister(&s->table, 0, &old));
	release(old);
	must(dispatch_table_register(&s->table, 0, next));
}

static void unregister_async(struct subject *s, struct dispatch_handler *next, release_fn *release)
{
	must(dispatch_table_unregister_async(&s->table, 0, release));
	let_release(s);
	must(dispatch_table_register(&s->table, 0, next));
}

const struct way ways[] = {
	[WAY_POSTED] = {"posted", posted_call, posted_set},
	[WAY_SWAP] = {"swap", slot_call, swap},
	[WAY_SWAP_ASYNC] = {"swap_async", slot_call, swap_async},
	[WAY_REPLACE] = {"replace", table_call, replace},
	[WAY_REPLACE_ASYNC] = {"replace_async", table_call, replace_async},
	[WAY_UNREGISTER] = {"unregister", table_call, unregister},
	[WAY_UNREGISTER_ASYNC] = {"unregister_async", table_call, unregister_async},
};

void subject_init(struct subject *s, struct dispatch_handler *first)
{
	*s = (struct subject){.slot = {first},
			      .in_posted = first,
			      .slots = {first},
			      .table = {s->slots, 1, DISPATCH_PACKED}};
	dispatch_slot_posted_set(&s->posted, first->call, first->context);
}

static void caller_main(void *arg)
{
	struct caller *c = arg;

	while (!get(&c->subject->stop)) {
		for (int i = 0; i < 64; i++)
			c->answered += c->way->call(c->subject, &c->seen);
		RCU(quiescent_state)();
	}
}

void callers_start(struct caller *callers, int n, struct subject *s, const struct way *way)
{
	for (int i = 0; i < n; i++) {
		callers[i] = (struct caller){.subject = s, .way = way};
		thread_start(&callers[i].thread, caller_main, &callers[i]);
	}
}

void callers_stop(struct caller *callers, int n)
{
	set(&callers->subject->stop, 1);
	for (int i = 0; i < n; i++)
		thread_join(&callers[i].thread);
	RCU(barrier)();
}
