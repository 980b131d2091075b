/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * handler - a function and its context as one unit, and its way out of a slot.
 *
 * Owned by the program, usually as a part of the context itself; it may be in one slot at a time.
 * From when it is put in until it is given back nobody changes it.
 *
 *   where it is                  calls of it           whose it is
 *   nowhere                      none                  the program's
 *   in a slot                    begin and end         the slot's
 *   taken out, not given back    end                   the slot's
 *   given back                   none                  the program's
 */
#ifndef LATCHKIT_DISPATCH_HANDLER_H
#define LATCHKIT_DISPATCH_HANDLER_H

#include "../order.h"

struct dispatch_handler {
	dispatch_fn *call;
	void *context;
	/* Of the asynchronous forms: */
	void (*release)(struct dispatch_handler *handler);
	dispatch_rcu_head rcu;
};

/* Can it be put in? */
static LK_INLINE bool dispatch_handler_valid(const struct dispatch_handler *handler)
{
	return handler && handler->call;
}

/* Call the handler that `slot` points to, by a reader. Returns whether there was one. */
static LK_INLINE bool dispatch_handler_run(void *const *slot, void *event)
{
	/* ORDER: acquire, or the pair, and what was written for it, could be read older than the
	 * pointer to it; pairs with the release in dispatch_slot_put(), dispatch_table_register()
	 * and dispatch_table_put(); mutant handler-relaxed-call. */
	const struct dispatch_handler *handler = order_ptr_load_acquire(slot);

	if (!handler)
		return false;
	handler->call(handler->context, event);
	return true;
}

/* The same by a thread that may not be a reader yet. */
static LK_INLINE bool dispatch_handler_call(void *const *slot, void *event)
{
	bool handled;

	if (__builtin_expect(!dispatch_rcu_enter(), 0))
		return dispatch_handler_run(slot, event); /* within a call */
	handled = dispatch_handler_run(slot, event);
	dispatch_rcu_leave();
	return handled;
}

static inline void dispatch_handler_on_release(dispatch_rcu_head *head)
{
	struct dispatch_handler *handler =
		(struct dispatch_handler *)((char *)head - offsetof(struct dispatch_handler, rcu));

	handler->release(handler);
}

/* Wait until no call of it is under way, if there is one. Not within a call. */
static LK_INLINE void dispatch_handler_wait(const struct dispatch_handler *old)
{
	if (old)
		dispatch_rcu_synchronize();
}

/* Have release(old) called then, by a thread of liburcu, if there is one. */
static LK_INLINE void dispatch_handler_retire(struct dispatch_handler *old,
					      void (*release)(struct dispatch_handler *handler))
{
	if (!old)
		return;
	/* Not what calls of it read. */
	old->release = release;
	dispatch_rcu_call(&old->rcu, dispatch_handler_on_release);
}

#endif /* LATCHKIT_DISPATCH_HANDLER_H */
