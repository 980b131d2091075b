/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The halves of dispatch.h as functions of their own, for the proofs to disassemble. `fn` is a
 * handler that the interpreter knows: it loads one word from where its first argument points.
 * Each pair of pieces shares one struct world.
 */
#define DISPATCH_RCU proof
#include "latchkit/dispatch.h"

struct world {
	lk_u64 data; /* what the handler uses */
	lk_u64 selector;
	lk_u64 other; /* what another handler uses */
#if !defined(__bpf__)
	void *slots[1];
	struct dispatch_slot slot;
	struct dispatch_slot_posted posted;
	struct dispatch_handler a;
	struct dispatch_handler b;
#endif
};

int piece_selector_publish(struct world *w)
{
	order_store_relaxed(&w->data, 1);
	dispatch_selector_set(&w->selector, dispatch_selector(1, 0));
	return 0;
}

int piece_selector_call(const struct world *w)
{
	if (dispatch_selector_handler(dispatch_selector_get(&w->selector)) != 1)
		return -1;
	return (int)order_load_relaxed(&w->data);
}

#if !defined(__bpf__)
static LK_INLINE void fill(struct dispatch_handler *handler, lk_u64 *data, dispatch_fn *fn)
{
	order_store_relaxed(data, 1);
	handler->call = fn;
	handler->context = data;
}

/* What was taken out of a slot is used by who took it. */
static LK_INLINE int use(const struct dispatch_handler *old)
{
	if (!old)
		return -1;
	old->call(old->context, NULL);
	return 0;
}

int piece_slot_publish(struct world *w, dispatch_fn *fn)
{
	struct dispatch_handler *old;

	fill(&w->a, &w->data, fn);
	return dispatch_slot_put(&w->slot, &w->a, &old);
}

int piece_slot_call(const struct world *w)
{
	return dispatch_slot_call(&w->slot, NULL) ? 0 : -1;
}

int piece_slot_take(struct world *w, dispatch_fn *fn)
{
	struct dispatch_handler *old;

	(void)fn;
	if (dispatch_slot_put(&w->slot, NULL, &old))
		return -1;
	return use(old);
}

int piece_table_publish(struct world *w, dispatch_fn *fn)
{
	struct dispatch_table t = {.slots = w->slots, .count = 1, .stride = DISPATCH_PACKED};

	fill(&w->a, &w->data, fn);
	return dispatch_table_register(&t, 0, &w->a);
}

int piece_table_call(struct world *w)
{
	struct dispatch_table t = {.slots = w->slots, .count = 1, .stride = DISPATCH_PACKED};

	return dispatch_table_handle(&t, 0, NULL);
}

int piece_table_take(struct world *w, dispatch_fn *fn)
{
	struct dispatch_table t = {.slots = w->slots, .count = 1, .stride = DISPATCH_PACKED};
	struct dispatch_handler *old;

	(void)fn;
	if (dispatch_table_take(&t, 0, &old))
		return -1;
	return use(old);
}

/* Publish in the place of b, whose pair has been filled long ago. */
int piece_table_replace(struct world *w, dispatch_fn *fn)
{
	struct dispatch_table t = {.slots = w->slots, .count = 1, .stride = DISPATCH_PACKED};
	struct dispatch_handler *old;

	fill(&w->a, &w->data, fn);
	return dispatch_table_put(&t, 0, &w->a, &old);
}

/* Put b in the place of what is there and use that. */
int piece_table_swap(struct world *w, dispatch_fn *fn)
{
	struct dispatch_table t = {.slots = w->slots, .count = 1, .stride = DISPATCH_PACKED};
	struct dispatch_handler *old;

	(void)fn;
	w->b.call = fn;
	if (dispatch_table_put(&t, 0, &w->b, &old))
		return -1;
	return use(old);
}

int piece_slot_posted_publish(struct world *w, dispatch_fn *fn)
{
	order_store_relaxed(&w->data, 1);
	dispatch_slot_posted_set(&w->posted, fn, &w->data);
	return 0;
}

int piece_slot_posted_call(const struct world *w)
{
	return dispatch_slot_posted_call(&w->posted, NULL) ? 0 : -1;
}

int piece_table_posted_publish(struct world *w, dispatch_bare_fn *fn)
{
	struct dispatch_table_posted t = {.slots = w->slots, .count = 1};

	order_store_relaxed(&w->data, 1);
	return dispatch_table_posted_register(&t, 0, fn) ? 0 : -1;
}

/* As who does not trust the registration and orders it himself. */
int piece_table_posted_fenced(struct world *w, dispatch_bare_fn *fn)
{
	struct dispatch_table_posted t = {.slots = w->slots, .count = 1};

	order_store_relaxed(&w->data, 1);
	order_wmb_after_rmw();
	return dispatch_table_posted_register(&t, 0, fn) ? 0 : -1;
}

int piece_table_posted_call(struct world *w)
{
	struct dispatch_table_posted t = {.slots = w->slots, .count = 1};

	return dispatch_table_posted_handle(&t, 0, &w->data) ? 0 : -1;
}

int piece_table_posted_take(struct world *w, dispatch_bare_fn *fn)
{
	struct dispatch_table_posted t = {.slots = w->slots, .count = 1};
	dispatch_bare_fn *old = dispatch_table_posted_unregister(&t, 0);

	(void)fn;
	if (!old)
		return -1;
	old(&w->data);
	return 0;
}
#endif
