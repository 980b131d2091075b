/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * slot_posted - one function pointer, stored with release and loaded with acquire, as posted.
 * Include dispatch.h.
 *
 * Kept to be measured and judged; use slot. Its known defects: the context is a word of its own, so
 * that a call can pair the new function with the old context or the other way round; and there is
 * no grace period, so that whoever frees the old context may free what a call is using.
 *
 * Cost       call: two loads; set: two stores
 * Progress   wait-free
 *
 *   call        context     a call that loads now
 *   old         old         is whole
 *   old         new         old function, new context: mixed
 *   new         new         is whole; calls of the old handler may be under way
 *
 * Source     "Lock-free atomic handler dispatch for runtime reconfiguration", linux-rt-users,
 *            December 2025. The printed code casts a field of another type to an atomic function
 *            pointer and is not C11; this is what it describes.
 */
#ifndef LATCHKIT_DISPATCH_SLOT_POSTED_H
#define LATCHKIT_DISPATCH_SLOT_POSTED_H

#include "../order.h"

/* All zero bytes are an empty slot. */
struct dispatch_slot_posted {
	void *call; /* dispatch_fn * */
	void *context;
};

/* Publish a handler. */
static LK_INLINE void dispatch_slot_posted_set(struct dispatch_slot_posted *slot, dispatch_fn *call,
					       void *context)
{
	/* Relaxed: as posted, nothing ties it to the function. */
	order_ptr_store_relaxed(&slot->context, context);
	/* ORDER: release, or a call could find the function before what was written for it; pairs
	 * with the acquire in dispatch_slot_posted_call(); mutant slot_posted-relaxed-publish. */
	order_ptr_store_release(&slot->call, (void *)call);
}

/* Call the handler. Returns whether there was one. */
static LK_INLINE bool dispatch_slot_posted_call(const struct dispatch_slot_posted *slot,
						void *event)
{
	/* ORDER: acquire, or what the handler reads could be older than the handler; pairs with the
	 * release in dispatch_slot_posted_set(); mutant slot_posted-relaxed-call. */
	dispatch_fn *call = (dispatch_fn *)order_ptr_load_acquire(&slot->call);

	if (!call)
		return false;
	/* Relaxed: as posted. */
	call(order_ptr_load_relaxed(&slot->context), event);
	return true;
}

#endif /* LATCHKIT_DISPATCH_SLOT_POSTED_H */
