/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table - N slots that are found by an index, such as the number of an interrupt.
 *
 * Each slot holds a handler or nothing. Packed, 8 slots share a cache line: registering in one of
 * them costs who handles events of the others a miss; padded, each has its own. See dispatch.h for
 * flavours of RCU, threads, handlers and errors.
 *
 * Cost       handle: the check of the index, one load, and the flavour's enter and leave;
 *            register: one atomic instruction; unregister: one, then a grace period
 * Progress   handle and register wait-free; replace lock-free, then waits; unregister waits
 * Memory     count * stride words
 *
 *   slot   register(a)       replace(a)         unregister       handle
 *   0      -> a              -ENOENT            -ENOENT          -ENOENT
 *   b      -EBUSY            -> a, b is old     -> 0, b is old   calls b
 *   a      -EBUSY            -EEXIST            -> 0, a is old   calls a
 *
 * Source     the published table (table_posted.h); release, bounds, layout and lifetime are ours.
 */
#ifndef LATCHKIT_DISPATCH_TABLE_H
#define LATCHKIT_DISPATCH_TABLE_H

#include "../order.h"
#include "handler.h"

/* Layouts, as words from one slot to the next. */
#define DISPATCH_PACKED 1
#define DISPATCH_PADDED (64 / sizeof(void *))

struct dispatch_table {
	void **slots; /* struct dispatch_handler *; count * stride of them, all NULL at first */
	unsigned int count;
	unsigned int stride; /* DISPATCH_PACKED, or DISPATCH_PADDED and aligned to 64 bytes */
};

/* Returns the word of a slot, or NULL: there is none of that index. */
static LK_INLINE void **dispatch_table_slot(const struct dispatch_table *t, unsigned int index)
{
	return index < t->count ? &t->slots[(size_t)index * t->stride] : NULL;
}

/* Call the handler of a slot. Any thread that is a reader. Returns 0, -ERANGE or -ENOENT. */
static LK_INLINE int dispatch_table_handle(const struct dispatch_table *t, unsigned int index,
					   void *event)
{
	void *const *slot = dispatch_table_slot(t, index);

	if (!slot)
		return -ERANGE;
	return dispatch_handler_call(slot, event) ? 0 : -ENOENT;
}

/* Register a handler. Returns 0, -EINVAL, -ERANGE, or -EBUSY if the slot is not empty. */
static LK_INLINE int dispatch_table_register(struct dispatch_table *t, unsigned int index,
					     struct dispatch_handler *handler)
{
	void **slot = dispatch_table_slot(t, index);

	if (!dispatch_handler_valid(handler))
		return -EINVAL;
	if (!slot)
		return -ERANGE;
	/* ORDER: release, or a call could find the pair before it is filled; pairs with the acquire
	 * in dispatch_handler_call(); mutants table-relaxed-register, table-acquire-register. */
	return order_ptr_cmpxchg_release(slot, NULL, handler) ? -EBUSY : 0;
}

/*
 * The first half of a replacement: put `handler` in the place of what is there. Goes round again
 * only if another thread has changed the slot meanwhile. Returns 0 and the old handler, or -EINVAL,
 * -ERANGE, -ENOENT, -EEXIST.
 */
static LK_INLINE int dispatch_table_put(struct dispatch_table *t, unsigned int index,
					struct dispatch_handler *handler,
					struct dispatch_handler **old)
{
	void **slot = dispatch_table_slot(t, index);

	*old = NULL;
	if (!dispatch_handler_valid(handler))
		return -EINVAL;
	if (!slot)
		return -ERANGE;
	for (;;) {
		/* Relaxed: if it is stale, the compare-exchange tells. */
		void *seen = order_ptr_load_relaxed(slot);

		if (!seen)
			return -ENOENT;
		if (seen == handler)
			return -EEXIST;
		/* ORDER: release, or a call could find the new pair before it is filled; pairs with
		 * the acquire in dispatch_handler_call(); mutant table-relaxed-replace. Acquire, or
		 * what is read of the old pair could be from before it was put in; pairs with the
		 * release in dispatch_table_register(); mutant table-release-only. */
		if (order_ptr_cmpxchg_acq_rel(slot, seen, handler) == seen) {
			*old = seen;
			return 0;
		}
	}
}

/* The first half of unregistering: returns 0 and the old handler, or -ERANGE, -ENOENT. */
static LK_INLINE int dispatch_table_take(struct dispatch_table *t, unsigned int index,
					 struct dispatch_handler **old)
{
	void **slot = dispatch_table_slot(t, index);

	*old = NULL;
	if (!slot)
		return -ERANGE;
	/* ORDER: acquire, or what is read of the old pair could be from before it was put in; pairs
	 * with the release in dispatch_table_register() and dispatch_table_put(); mutant
	 * table-relaxed-unregister. */
	*old = order_ptr_exchange_acquire(slot, NULL);
	return *old ? 0 : -ENOENT;
}

/*
 * Put a handler in the place of the one that is there and wait until no call of that is under way.
 * Sets *old to it: it is the caller's again. Returns 0, or -EINVAL, -ERANGE, -ENOENT, -EEXIST,
 * -EDEADLK: then nothing has changed and *old is NULL.
 */
static inline int dispatch_table_replace(struct dispatch_table *t, unsigned int index,
					 struct dispatch_handler *handler,
					 struct dispatch_handler **old)
{
	int err;

	*old = NULL;
	if (dispatch_rcu_inside())
		return -EDEADLK;
	err = dispatch_table_put(t, index, handler, old);
	if (!err)
		dispatch_handler_wait(*old);
	return err;
}

/*
 * The same without waiting: release(old) is called by a thread of liburcu when no call of it is
 * under way. Within handlers, too. Returns 0, or -EINVAL, -ERANGE, -ENOENT, -EEXIST.
 */
static inline int dispatch_table_replace_async(struct dispatch_table *t, unsigned int index,
					       struct dispatch_handler *handler,
					       void (*release)(struct dispatch_handler *old))
{
	struct dispatch_handler *old;
	int err = release ? dispatch_table_put(t, index, handler, &old) : -EINVAL;

	if (!err)
		dispatch_handler_retire(old, release);
	return err;
}

/*
 * Empty a slot and wait until no call of its handler is under way. Sets *old to it: it is the
 * caller's again. Returns 0, or -ERANGE, -ENOENT, -EDEADLK: then nothing has changed and *old is
 * NULL.
 */
static inline int dispatch_table_unregister(struct dispatch_table *t, unsigned int index,
					    struct dispatch_handler **old)
{
	int err;

	*old = NULL;
	if (dispatch_rcu_inside())
		return -EDEADLK;
	err = dispatch_table_take(t, index, old);
	if (!err)
		dispatch_handler_wait(*old);
	return err;
}

/*
 * The same without waiting: release(old) is called by a thread of liburcu when no call of it is
 * under way. Within handlers, too. Returns 0, or -EINVAL, -ERANGE, -ENOENT.
 */
static inline int dispatch_table_unregister_async(struct dispatch_table *t, unsigned int index,
						  void (*release)(struct dispatch_handler *old))
{
	struct dispatch_handler *old;
	int err = release ? dispatch_table_take(t, index, &old) : -EINVAL;

	if (!err)
		dispatch_handler_retire(old, release);
	return err;
}

#endif /* LATCHKIT_DISPATCH_TABLE_H */
