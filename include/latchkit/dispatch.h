/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch.h - replace the handler of an event at run time, while events keep coming.
 *
 *   slot          one handler                                 dispatch/slot.h
 *   table         N handlers, found by an index               dispatch/table.h
 *   selector      handlers by number, in C and in BPF         dispatch/selector.h
 *   slot_posted   a slot as it was posted: no lifetime        dispatch/slot_posted.h
 *   table_posted  a table as it was posted                    dispatch/table_posted.h
 *
 * The slot and the table hold pointers to a `struct dispatch_handler`, a function with its context:
 * a call never pairs one handler's function with another's context. Lifetime is userspace RCU's
 * (liburcu):
 *
 *   a call is a read-side critical section;
 *   a handler that was unpublished is the caller's to reclaim, with all that it uses, after a grace
 *   period: the synchronous forms wait for it, the asynchronous ones call release() after it.
 *
 *   operation     with calls      with each other      steps
 *   call, handle  -               -                    wait-free, beside what the handler does
 *   register      does not wait   the first one wins   wait-free: one atomic instruction
 *   replace       waits for calls of the old handler   lock-free, then waits
 *   swap, unregister              the same             one atomic instruction, then waits
 *   ..._async     does not wait   -                    as above, and what call_rcu() does
 *
 * Before including this header, define the flavour of RCU:
 *   #define DISPATCH_RCU memb     or qsbr: dispatch/rcu_memb.h, dispatch/rcu_qsbr.h
 * and, also before any header of liburcu, _LGPL_SOURCE, if the program's licence is compatible with
 * the LGPL or the GPL. Then liburcu's read side is inlined; without it each call of a handler with
 * memb calls liburcu twice, and took 5 times as long (docs/dispatch.md).
 * A flavour NAME is a header dispatch/rcu_NAME.h that defines the type dispatch_rcu_head and
 *   bool dispatch_rcu_enter(void)           Enter a read-side critical section. Returns false, and
 *                                           does not enter, when a call of this thread is in one.
 *   void dispatch_rcu_leave(void)           Leave it; only if enter returned true.
 *   bool dispatch_rcu_inside(void)          Is this thread in one, so that it must not wait?
 *   void dispatch_rcu_synchronize(void)     Wait for a grace period.
 *   void dispatch_rcu_call(head, function)  Call function(head) after a grace period.
 * Without DISPATCH_RCU there are neither slot nor table, and nothing here needs liburcu. In BPF
 * there is the selector only: programs hold no function pointers.
 *
 * Threads: each that calls handlers, swaps or registers is registered with the flavour
 * (urcu_memb_register_thread()). One slot, or one table, serves one flavour. Every translation
 * unit that uses a slot or a table must use the same.
 * Handlers: may call other handlers, and all functions here but the synchronous ones, which return
 * -EDEADLK: the grace period would wait for their own caller. A handler may replace itself by the
 * asynchronous forms. It must return: no longjmp() out of it, no pthread_exit().
 * Signal handlers: of a registered thread, may do what handlers may; with qsbr only where the
 * thread is online and not in a quiescent state. They must not use the synchronous forms, which are
 * refused only within a call: elsewhere these could wait for the code that was interrupted.
 * Fork: a child has none of liburcu's threads, so that in it nothing is released asynchronously,
 * unless liburcu was told of the fork (urcu_memb_call_rcu_before_fork() and the like). There a
 * synchronous form waits for ever if another thread was within a call then (qsbr: online).
 * Ordering: stores before a handler is published are visible to each call of it; stores by its
 * calls are visible to whoever reclaims it.
 *
 * Errors, negative errno values:
 *   -EINVAL   no handler, or one without a function, or no function to release it with
 *   -ERANGE   the table has no slot of that index
 *   -EBUSY    register: the slot has a handler
 *   -EEXIST   swap, replace: it is this handler already; nothing has changed
 *   -ENOENT   handle, replace, unregister: the slot has no handler
 *   -EDEADLK  a synchronous form within a call of a handler; nothing has changed
 */
#ifndef LATCHKIT_DISPATCH_H
#define LATCHKIT_DISPATCH_H

#include "order.h"

#include "dispatch/selector.h"

#if !defined(__bpf__) && !defined(__BPF__)
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* A handler's function. context: of its struct dispatch_handler; event: as the caller passed it. */
typedef void dispatch_fn(void *context, void *event);

#include "dispatch/slot_posted.h"
#include "dispatch/table_posted.h"

#ifdef DISPATCH_RCU
/* clang-format off */
#define DISPATCH_HEADER_(file) #file
#define DISPATCH_HEADER(file) DISPATCH_HEADER_(file)
#define DISPATCH_FLAVOUR_(name) dispatch/rcu_##name.h
#define DISPATCH_FLAVOUR(name) DISPATCH_FLAVOUR_(name)
/* clang-format on */
#include DISPATCH_HEADER(DISPATCH_FLAVOUR(DISPATCH_RCU))
#include "dispatch/handler.h"
#include "dispatch/slot.h"
#include "dispatch/table.h"
#endif
#endif

#endif /* LATCHKIT_DISPATCH_H */
