/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rcu_qsbr - liburcu's flavour qsbr for dispatch.h: link with -lurcu-qsbr.
 *
 * For event loops: between events each thread reports a quiescent state now and then
 * (urcu_qsbr_quiescent_state()), and goes offline before it blocks. A thread that does neither
 * stalls grace periods, and so every synchronous form, for ever; a handler that reports one ends
 * its own read-side critical section.
 *
 * This flavour does not know whether a thread is within a call, so a thread-local flag does. Only
 * the outermost call sets it, hence no call depends on the store of the one before it.
 *
 * Cost       of a call: one load and two stores of a thread-local word; liburcu's own read lock is
 *            nothing in this flavour, with and without _LGPL_SOURCE
 */
#ifndef LATCHKIT_DISPATCH_RCU_QSBR_H
#define LATCHKIT_DISPATCH_RCU_QSBR_H

#include <urcu/urcu-qsbr.h>

#include "../order.h"

typedef struct rcu_head dispatch_rcu_head;

/*
 * Nonzero while this thread is within a call. Weak: one for all translation units. A word, because
 * a byte costs more.
 */
extern __thread unsigned long dispatch_qsbr_inside;
__attribute__((weak)) __thread unsigned long dispatch_qsbr_inside;

static LK_INLINE bool dispatch_rcu_enter(void)
{
	if (dispatch_qsbr_inside)
		return false;
	urcu_qsbr_read_lock();
	dispatch_qsbr_inside = 1;
	return true;
}

static LK_INLINE void dispatch_rcu_leave(void)
{
	dispatch_qsbr_inside = 0;
	urcu_qsbr_read_unlock();
}

static LK_INLINE bool dispatch_rcu_inside(void)
{
	return dispatch_qsbr_inside;
}

static LK_INLINE void dispatch_rcu_synchronize(void)
{
	urcu_qsbr_synchronize_rcu();
}

static LK_INLINE void dispatch_rcu_call(dispatch_rcu_head *head,
					void (*function)(dispatch_rcu_head *head))
{
	urcu_qsbr_call_rcu(head, function);
}

#endif /* LATCHKIT_DISPATCH_RCU_QSBR_H */
