// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * subject_rcu.c - subjects with RCU, compiled once for each flavour, DISPATCH_RCU: the slot,
 * the table in two layouts, and liburcu by hand. With BENCH_CALLS the slot and liburcu by hand are
 * compiled as for a program whose licence does not allow liburcu's read side to be inlined.
 */
#ifndef BENCH_CALLS
#define _LGPL_SOURCE
#endif
#include <urcu/pointer.h>

#include "bench/dispatch/subject.h"

#define NAME_(part, flavour, rest) part##flavour##rest
#define NAME(part, flavour, rest) NAME_(part, flavour, rest)
/* dispatch_ops_slot_qsbr, dispatch_ops_slot_qsbr_calls and so on. */
#ifdef BENCH_CALLS
#define SUFFIX _calls
#else
#define SUFFIX
#endif
#define OPS(before, after) NAME(dispatch_ops_##before, DISPATCH_RCU, after)
#define RCU(verb) NAME(urcu_, DISPATCH_RCU, _##verb)

_Static_assert(sizeof(struct dispatch_handler) <= DISPATCH_LINE, "pairs are too small");

static struct dispatch_handler *pair(struct dispatch_memory *m, unsigned int slot,
				     unsigned int number)
{
	return (struct dispatch_handler *)m->pairs[slot][number].bytes;
}

static void make_pairs(struct dispatch_memory *m)
{
	for (unsigned int i = 0; i < DISPATCH_SLOTS; i++)
		for (unsigned int number = 0; number < 2; number++)
			*pair(m, i, number) = (struct dispatch_handler){
				.call = dispatch_handlers[number], .context = &m->contexts[number]};
}

static void enter(void)
{
	RCU(register_thread)();
}

static void leave(void)
{
	RCU(unregister_thread)();
}

/* Between loops a thread is within no handler. */
static void be_quiescent(void)
{
	RCU(quiescent_state)();
}

/* -- slot ------------------------------------------------------------------------------------- */

static LK_INLINE struct dispatch_slot *slot_of(struct dispatch_memory *m)
{
	return (struct dispatch_slot *)&m->shared.slot;
}

static void swap_slot(struct dispatch_memory *m, unsigned int next)
{
	struct dispatch_handler *old;

	dispatch_slot_swap(slot_of(m), pair(m, 0, next), &old);
}

static int begin_slot(struct dispatch_memory *m)
{
	make_pairs(m);
	m->shared.slot = pair(m, 0, 0);
	return 0;
}

DISPATCH_LOOP(slot, dispatch_slot_call(slot_of(m), e))
const struct dispatch_ops OPS(slot_, SUFFIX) = {.begin = begin_slot,
						.enter = enter,
						.leave = leave,
						.pause = be_quiescent,
						.loop = loop_slot,
						.swap = swap_slot};

/* -- by hand ---------------------------------------------------------------------------------- */

static LK_INLINE bool call_by_hand(struct dispatch_memory *m, void *event)
{
	const struct dispatch_handler *h;

	RCU(read_lock)();
	h = rcu_dereference(*(struct dispatch_handler **)&m->shared.slot);
	if (h)
		h->call(h->context, event);
	RCU(read_unlock)();
	return h != NULL;
}

static void swap_by_hand(struct dispatch_memory *m, unsigned int next)
{
	rcu_set_pointer((struct dispatch_handler **)&m->shared.slot, pair(m, 0, next));
	RCU(synchronize_rcu)();
}

DISPATCH_LOOP(by_hand, call_by_hand(m, e))
const struct dispatch_ops OPS(urcu_, SUFFIX) = {.begin = begin_slot,
						.enter = enter,
						.leave = leave,
						.pause = be_quiescent,
						.loop = loop_by_hand,
						.swap = swap_by_hand};

#ifndef BENCH_CALLS
/* -- table ------------------------------------------------------------------------------------ */

static int begin_table(struct dispatch_memory *m, unsigned int stride)
{
	struct dispatch_table t = {m->slots, DISPATCH_SLOTS, stride};

	make_pairs(m);
	for (unsigned int i = 0; i < DISPATCH_SLOTS; i++)
		dispatch_table_register(&t, i, pair(m, i, 0));
	return 0;
}

static void swap_table(struct dispatch_memory *m, unsigned int next, unsigned int stride)
{
	struct dispatch_table t = {m->slots, DISPATCH_SLOTS, stride};
	struct dispatch_handler *old;

	dispatch_table_replace(&t, m->swapped_slot, pair(m, m->swapped_slot, next), &old);
}

static LK_INLINE bool call_table(struct dispatch_memory *m, struct dispatch_event *e,
				 unsigned int index, unsigned int stride)
{
	struct dispatch_table t = {m->slots, DISPATCH_SLOTS, stride};

	return dispatch_table_handle(&t, index, e) == 0;
}

#define TABLE(layout, index_, stride, own) \
	static int begin_table_##layout(struct dispatch_memory *m) \
	{ \
		return begin_table(m, stride); \
	} \
	static void swap_table_##layout(struct dispatch_memory *m, unsigned int next) \
	{ \
		swap_table(m, next, stride); \
	} \
	DISPATCH_LOOP(table_##layout, call_table(m, e, index_, stride)) \
	const struct dispatch_ops OPS(table_, _##layout) = { \
		.begin = begin_table_##layout, \
		.enter = enter, \
		.leave = leave, \
		.pause = be_quiescent, \
		.loop = loop_table_##layout, \
		.swap = swap_table_##layout, \
		.own_slots = own, \
	};

TABLE(same, 0, DISPATCH_PACKED, false)
TABLE(packed, t->number, DISPATCH_PACKED, true)
TABLE(padded, t->number, DISPATCH_PADDED, true)
#endif
