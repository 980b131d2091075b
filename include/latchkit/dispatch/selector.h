/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * selector - a word that names one of the handlers built in, and its context.
 *
 * In place of a function pointer, which BPF programs cannot hold: the program reads the word from a
 * map and switches on the number. Number and context are one word, so a call never mixes two pairs.
 * User space stores the word through mmap. Needs nothing but this header.
 *
 * Cost       one load, one switch; a swap is one store
 * Lifetime   none: after a swap, calls may still use the old context. User space that must reclaim
 *            it waits for a grace period of the kernel, as by updating a map in a map.
 * Contexts   any, NMI included, on both sides
 */
#ifndef LATCHKIT_DISPATCH_SELECTOR_H
#define LATCHKIT_DISPATCH_SELECTOR_H

#include "../order.h"

/* Make a selector from the numbers of a handler and of its context, 32 bits each. */
static LK_INLINE lk_u64 dispatch_selector(unsigned int handler, unsigned int context)
{
	return (lk_u64)context << 32 | handler;
}

static LK_INLINE unsigned int dispatch_selector_handler(lk_u64 selector)
{
	return (unsigned int)selector;
}

static LK_INLINE unsigned int dispatch_selector_context(lk_u64 selector)
{
	return (unsigned int)(selector >> 32);
}

/* Publish a selector: calls that begin from now on use it. */
static LK_INLINE void dispatch_selector_set(lk_u64 *word, lk_u64 selector)
{
	/* ORDER: release, or a call could find a context that is not filled yet; pairs with the
	 * acquire in dispatch_selector_get(); mutant selector-relaxed-set. */
	order_store_release(word, selector);
}

/* Returns the selector that was published last. */
static LK_INLINE lk_u64 dispatch_selector_get(const lk_u64 *word)
{
	/* ORDER: acquire, or the context could be read before it was filled; pairs with the release
	 * in dispatch_selector_set(); mutant selector-relaxed-get. */
	return order_load_acquire(word);
}

#endif /* LATCHKIT_DISPATCH_SELECTOR_H */
