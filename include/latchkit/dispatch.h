/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch.h - swap the handler of an event at run time, while the event goes on happening.
 *
 *   slot          one handler                                 dispatch/slot.h
 *   table         N handlers, found by an index               dispatch/table.h
 *   selector      handlers by number, in C and in BPF         dispatch/selector.h
 *   slot_posted   a slot as it was published: no lifetime     dispatch/slot_posted.h
 *   table_posted  a table as it was published                 dispatch/table_posted.h
 *
 * The slot and the table hold pointers to a `struct dispatch_handler`, a function with its context:
 * whoever calls it calls both of them or neither. And they know when nobody calls it any more:
 *
 *   who calls a handler is a reader of userspace RCU (liburcu) for as long as the call lasts;
 *   who takes a handler out gets it back, to free it and what it uses, when all calls of it have
 *   ended: by waiting for that (synchronous), or by a function that is called then (asynchronous).
 *
 *   operation     with calls      with each other      steps
 *   call, handle  -               -                    wait-free, beside what the handler does
 *   register      does not wait   the first one wins   wait-free: one atomic instruction
 *   replace       waits for calls of the old handler   lock-free, then waits
 *   swap, unregister              the same             one atomic instruction, then waits
 *   ..._async     does not wait   -                    as above, and what call_rcu() does
 *
 * The flavour of RCU is chosen by the including program, before it includes this header:
 *   #define DISPATCH_RCU memb     or qsbr: dispatch/rcu_memb.h, dispatch/rcu_qsbr.h
 * A flavour NAME is a header dispatch/rcu_NAME.h that defines the type dispatch_rcu_head and
 *   bool dispatch_rcu_enter(void)           Become a reader, or return false: is one for a call.
 *   void dispatch_rcu_leave(void)           Be one no more; not after false.
 *   bool dispatch_rcu_inside(void)          Must this thread not wait, as it is within a call?
 *   void dispatch_rcu_synchronize(void)     Wait until all readers of now have left.
 *   void dispatch_rcu_call(head, function)  Call function(head) when they have.
 * Without DISPATCH_RCU there are neither slot nor table, and nothing here needs liburcu. In BPF
 * there is the selector only: programs hold no function pointers.
 *
 * Threads: each that calls handlers, swaps or registers is registered with the flavour
 * (urcu_memb_register_thread()). One slot, or one table, serves one flavour. Every translation
 * unit that uses a slot or a table must use the same.
 * Handlers: may call other handlers, and all functions here but the synchronous ones, which refuse
 * with -EDEADLK: they would wait for their own caller. A handler may replace itself by the
 * asynchronous forms. It returns; it does not jump out by longjmp() or end its thread.
 * Order: what was written before a handler was put in is visible to each call of it; what calls of
 * it did is visible to whoever got it back.
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

/* A handler's function; context: its own; event: what happened, from who calls it. */
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
