/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rcu_memb - liburcu's flavour memb for dispatch.h: link with -lurcu-memb.
 *
 * For threads that cannot report quiescent states: nothing is asked of them between calls. liburcu
 * itself knows whether a thread is in a read-side critical section, hence a synchronous form is
 * refused not only within a handler but in any such section of the program's own.
 *
 * Cost       of a call: read lock and unlock, a few loads and stores of thread-local words; without
 *            _LGPL_SOURCE they are calls of liburcu, which cost more than all the rest
 */
#ifndef LATCHKIT_DISPATCH_RCU_MEMB_H
#define LATCHKIT_DISPATCH_RCU_MEMB_H

#include <urcu/urcu-memb.h>

#include "../order.h"

typedef struct rcu_head dispatch_rcu_head;

static LK_INLINE bool dispatch_rcu_enter(void)
{
	urcu_memb_read_lock();
	return true; /* liburcu counts nesting */
}

static LK_INLINE void dispatch_rcu_leave(void)
{
	urcu_memb_read_unlock();
}

static LK_INLINE bool dispatch_rcu_inside(void)
{
	return urcu_memb_read_ongoing();
}

static LK_INLINE void dispatch_rcu_synchronize(void)
{
	urcu_memb_synchronize_rcu();
}

static LK_INLINE void dispatch_rcu_call(dispatch_rcu_head *head,
					void (*function)(dispatch_rcu_head *head))
{
	urcu_memb_call_rcu(head, function);
}

#endif /* LATCHKIT_DISPATCH_RCU_MEMB_H */
