/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * handler - a function and its context as one unit, and how it is reclaimed. Include dispatch.h.
 *
 * Allocated by the program, usually embedded in the context; it may be in one slot at a time, and
 * is not modified from when it is published until it is reclaimed.
 *
 *   state                        calls of it           owner
 *   not published                none                  the program
 *   published in a slot          begin and end         the slot
 *   unpublished, grace period    end                   the slot
 *   reclaimed                    none                  the program
 */
#ifndef LATCHKIT_DISPATCH_HANDLER_H
#define LATCHKIT_DISPATCH_HANDLER_H

#include "../order.h"

struct dispatch_handler {
	dispatch_fn *call;
	void *context;
	/* Used by the asynchronous forms: */
	void (*release)(struct dispatch_handler *handler);
	dispatch_rcu_head rcu;
};

/* Can it be published? */
static LK_INLINE bool dispatch_handler_valid(const struct dispatch_handler *handler)
{
	return handler && handler->call;
}

/*
 * Call the handler that `slot` points to. Context: read-side critical section. Returns whether
 * there was one.
 */
static LK_INLINE bool dispatch_handler_run(void *const *slot, void *event)
{
	/* ORDER: acquire, or the pair, and what was written for it, could be read older than the
	 * pointer to it; pairs with the release in dispatch_slot_put(), dispatch_table_register()
	 * and dispatch_table_put(); mutant handler-relaxed-call. */
	const struct dispatch_handler *handler =
		(const struct dispatch_handler *)order_ptr_load_acquire(slot);

	if (!handler)
		return false;
	handler->call(handler->context, event);
	return true;
}

/* dispatch_handler_run() in a read-side critical section, which it enters unless it is in one. */
static LK_INLINE bool dispatch_handler_call(void *const *slot, void *event)
{
	bool handled;

	if (__builtin_expect(!dispatch_rcu_enter(), 0))
		return dispatch_handler_run(slot, event); /* nested in another call */
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

/* Wait for a grace period if a handler, `old`, was unpublished. Not within a call. */
static LK_INLINE void dispatch_handler_wait(const struct dispatch_handler *old)
{
	if (old)
		dispatch_rcu_synchronize();
}

/* Have liburcu's call_rcu() thread call release(old) after a grace period. NULL: nothing. */
static LK_INLINE void dispatch_handler_retire(struct dispatch_handler *old,
					      void (*release)(struct dispatch_handler *handler))
{
	if (!old)
		return;
	/* Plain: calls of it do not read this member. */
	old->release = release;
	dispatch_rcu_call(&old->rcu, dispatch_handler_on_release);
}

#endif /* LATCHKIT_DISPATCH_HANDLER_H */
