/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table_posted - N words that hold a function or nothing, as posted. Include dispatch.h.
 *
 * Kept to be measured and judged; use table. Its known defects: registering does not order the
 * stores before it (a compare-exchange with acquire only); unregistering does not wait for calls
 * under way; a function that is registered again cannot be told from one that was never
 * unregistered. Handlers are bare functions, without a context.
 *
 * Cost       handle: one load; register, unregister: one atomic instruction
 * Progress   wait-free
 * Memory     one word for each slot: 8 slots share a cache line
 *
 *   slot   register(f)     handle            unregister
 *   0      -> f, true      false             0, nothing
 *   g      g, false        calls g, true     -> 0, returns g; calls of g may be under way
 *
 * Source     handler_table, a Rust crate for interrupt handlers (ArceOS), as documented in 2025.
 *            There an index out of range ends the program with a panic: here, with a trap.
 */
#ifndef LATCHKIT_DISPATCH_TABLE_POSTED_H
#define LATCHKIT_DISPATCH_TABLE_POSTED_H

#include "../order.h"

typedef void dispatch_bare_fn(void *event);

struct dispatch_table_posted {
	void **slots; /* dispatch_bare_fn *, all NULL at first */
	unsigned int count;
};

static LK_INLINE void **dispatch_table_posted_slot(const struct dispatch_table_posted *t,
						   unsigned int index)
{
	if (index >= t->count)
		__builtin_trap();
	return &t->slots[index];
}

/* Register a function in an empty slot. Returns whether the slot was empty. */
static LK_INLINE bool dispatch_table_posted_register(struct dispatch_table_posted *t,
						     unsigned int index, dispatch_bare_fn *fn)
{
	/* ORDER: acquire only, as posted: what was written before may become visible after the
	 * function, to the acquire in dispatch_table_posted_load(). The hardened table's mutant
	 * table-acquire-register is this. */
	return !order_ptr_cmpxchg_acquire(dispatch_table_posted_slot(t, index), NULL, (void *)fn);
}

/* The first half of handle: returns the function, or NULL. */
static LK_INLINE dispatch_bare_fn *dispatch_table_posted_load(const struct dispatch_table_posted *t,
							      unsigned int index)
{
	/* ORDER: acquire, for the registration that is meant to pair with it and does not, see
	 * dispatch_table_posted_register(); mutant table_posted-relaxed-load. */
	return (dispatch_bare_fn *)order_ptr_load_acquire(dispatch_table_posted_slot(t, index));
}

/* Call the function of a slot. Returns whether there was one. */
static LK_INLINE bool dispatch_table_posted_handle(const struct dispatch_table_posted *t,
						   unsigned int index, void *event)
{
	dispatch_bare_fn *fn = dispatch_table_posted_load(t, index);

	if (!fn)
		return false;
	fn(event);
	return true;
}

/* Empty the slot and return its function, or NULL. Calls of it may be under way. */
static LK_INLINE dispatch_bare_fn *dispatch_table_posted_unregister(struct dispatch_table_posted *t,
								    unsigned int index)
{
	/* ORDER: acquire, as posted: it orders what follows, not the calls under way; pairs with
	 * no release, as registering has none; mutant table_posted-relaxed-unregister. */
	return (dispatch_bare_fn *)order_ptr_exchange_acquire(dispatch_table_posted_slot(t, index),
							      NULL);
}

#endif /* LATCHKIT_DISPATCH_TABLE_POSTED_H */
