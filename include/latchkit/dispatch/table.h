/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table - N slots that are found by an index, such as the number of an interrupt. Include
 * dispatch.h.
 *
 * Each slot holds a handler or nothing. Packed, 8 slots share a cache line: an update of one costs
 * calls of the others a cache miss; padded, each has its own. dispatch.h has flavours of RCU,
 * threads, handlers and errors.
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
 * Source     the posted table (table_posted.h); release, bounds, layout and lifetime are ours.
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

/*
 * Call the handler of slot `index` with `event`. Context: any thread registered with the flavour,
 * within a handler too. Returns 0, -ERANGE or -ENOENT.
 */
static LK_INLINE int dispatch_table_handle(const struct dispatch_table *t, unsigned int index,
					   void *event)
{
	void *const *slot = dispatch_table_slot(t, index);

	if (!slot)
		return -ERANGE;
	return dispatch_handler_call(slot, event) ? 0 : -ENOENT;
}

/*
 * Publish a handler in an empty slot. Returns 0, -EINVAL, -ERANGE, or -EBUSY if the
 * slot is not empty.
 */
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
 * The first half of a replacement: publish `handler` and set *old to the one it replaces. Retries
 * only if another thread has changed the slot meanwhile. Returns 0, or -EINVAL, -ERANGE, -ENOENT,
 * -EEXIST.
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
		/* Relaxed: if it is stale, the compare-exchange fails. */
		void *seen = order_ptr_load_relaxed(slot);

		if (!seen)
			return -ENOENT;
		if (seen == handler)
			return -EEXIST;
		/* ORDER: release, or a call could find the new pair before it is filled; pairs with
		 * the acquire in dispatch_handler_call(); mutant table-relaxed-replace. Acquire, or
		 * what is read of the old pair could be older than its publication; pairs with the
		 * release in dispatch_table_register(); mutant table-release-only. */
		if (order_ptr_cmpxchg_acq_rel(slot, seen, handler) == seen) {
			*old = (struct dispatch_handler *)seen;
			return 0;
		}
	}
}

/* Unpublish the handler of a slot and set *old to it. Returns 0, or -ERANGE, -ENOENT. */
static LK_INLINE int dispatch_table_take(struct dispatch_table *t, unsigned int index,
					 struct dispatch_handler **old)
{
	void **slot = dispatch_table_slot(t, index);

	*old = NULL;
	if (!slot)
		return -ERANGE;
	/* ORDER: acquire, or what is read of the old pair could be older than its publication;
	 * pairs with the release in dispatch_table_register() and dispatch_table_put(); mutant
	 * table-relaxed-unregister. */
	*old = (struct dispatch_handler *)order_ptr_exchange_acquire(slot, NULL);
	return *old ? 0 : -ENOENT;
}

/*
 * Replace the handler of a slot and wait for a grace period. Sets *old to the old one, which is the
 * caller's again, with no call of it under way. Context: not within a call. Returns 0, or -EINVAL,
 * -ERANGE, -ENOENT, -EEXIST, -EDEADLK: then nothing has changed and *old is NULL.
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
 * The same without waiting: liburcu's call_rcu() thread calls release(old) after a grace period.
 * Context: within handlers too. Returns 0, or -EINVAL, -ERANGE, -ENOENT, -EEXIST.
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
 * Unpublish the handler of a slot and wait for a grace period. Sets *old to it: it is the caller's
 * again, with no call of it under way. Context: not within a call. Returns 0, or -ERANGE, -ENOENT,
 * -EDEADLK: then nothing has changed and *old is NULL.
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
 * The same without waiting: liburcu's call_rcu() thread calls release(old) after a grace period.
 * Context: within handlers too. Returns 0, or -EINVAL, -ERANGE, -ENOENT.
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
