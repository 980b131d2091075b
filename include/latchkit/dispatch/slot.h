/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * slot - one handler that can be swapped while it is being called. Include dispatch.h.
 *
 * A pointer to the pair of function and context, so that a call never mixes two pairs; a swap hands
 * the old pair back after a grace period only. dispatch.h has flavours of RCU, threads, handlers
 * and errors.
 *
 * Cost       call: one load more than slot_posted, and what the flavour takes to enter and leave;
 *            swap: one atomic instruction, then a grace period
 * Progress   call wait-free; swap waits for calls; asynchronous swap wait-free but for call_rcu()
 *
 *   current   calls that begin   calls under way    old handler
 *   a         of a               of a               -
 *   b         of b               of a and b         a: unpublished, may be in use
 *   b         of b               of b               a: the caller's to reclaim
 *
 * Source     the posted slot (slot_posted.h); the pair behind one pointer and the grace period are
 *            what RCU is used for.
 */
#ifndef LATCHKIT_DISPATCH_SLOT_H
#define LATCHKIT_DISPATCH_SLOT_H

#include "../order.h"
#include "handler.h"

/* All zero bytes are an empty slot. */
struct dispatch_slot {
	void *current; /* struct dispatch_handler * */
};

/*
 * Call the handler with `event`. Context: any thread registered with the flavour, within a handler
 * too. Returns whether there was a handler.
 */
static LK_INLINE bool dispatch_slot_call(const struct dispatch_slot *slot, void *event)
{
	return dispatch_handler_call(&slot->current, event);
}

/*
 * The first half of a swap: publish `handler` and set *old to the handler it replaces, or NULL.
 * Returns 0, or -EINVAL, -EEXIST.
 */
static LK_INLINE int dispatch_slot_put(struct dispatch_slot *slot, struct dispatch_handler *handler,
				       struct dispatch_handler **old)
{
	*old = NULL;
	if (handler && !dispatch_handler_valid(handler))
		return -EINVAL;
	/* ORDER: release, or a call could find the pair before it is filled; pairs with the acquire
	 * in dispatch_handler_call(); mutant slot-relaxed-publish. Acquire, or what is read of the
	 * old pair could be older than its publication; pairs with the release here; mutant
	 * slot-release-only. */
	*old = (struct dispatch_handler *)order_ptr_exchange_acq_rel(&slot->current, handler);
	if (*old != handler || !handler)
		return 0;
	*old = NULL;
	return -EEXIST;
}

/*
 * Replace the handler and wait for a grace period. handler: the new one, or NULL to empty the slot.
 * Sets *old to the old one, which is the caller's again, with no call of it under way, or to NULL.
 * Context: not within a call. Returns 0, or -EINVAL, -EEXIST, -EDEADLK: then nothing has changed
 * and *old is NULL.
 */
static inline int dispatch_slot_swap(struct dispatch_slot *slot, struct dispatch_handler *handler,
				     struct dispatch_handler **old)
{
	int err;

	*old = NULL;
	if (dispatch_rcu_inside())
		return -EDEADLK;
	err = dispatch_slot_put(slot, handler, old);
	if (!err)
		dispatch_handler_wait(*old);
	return err;
}

/*
 * Replace the handler; if there was an old one, liburcu's call_rcu() thread calls release(old)
 * after a grace period. Context: within handlers too, so that one may replace itself. Returns
 * 0, or -EINVAL, -EEXIST: then nothing has changed.
 */
static inline int dispatch_slot_swap_async(struct dispatch_slot *slot,
					   struct dispatch_handler *handler,
					   void (*release)(struct dispatch_handler *old))
{
	struct dispatch_handler *old;
	int err = release ? dispatch_slot_put(slot, handler, &old) : -EINVAL;

	if (!err)
		dispatch_handler_retire(old, release);
	return err;
}

#endif /* LATCHKIT_DISPATCH_SLOT_H */
