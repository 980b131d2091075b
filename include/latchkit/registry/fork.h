/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fork - what a child process may do with the registries of its parent.
 *
 * A child has one thread: liburcu's call_rcu() thread, which frees objects and resizes tables, is
 * not there, and a mutex may be held by a thread that is not there either. So in a child that was
 * not prepared nothing is locked and nothing waited for: functions that need either return an error
 * (registry.h). A handler of pthread_atfork() tells that a process is a child; it counts, and calls
 * nothing of liburcu. It does not run where clone() or _Fork() is called directly.
 *
 * Prepared: the child goes on with all registries of the flavour.
 *
 *   registry_before_fork();
 *   pid = fork();                     or daemon()
 *   if (pid == 0)
 *           registry_after_fork_child();
 *   else
 *           registry_after_fork_parent();            also if fork() has failed
 */
#ifndef LATCHKIT_REGISTRY_FORK_H
#define LATCHKIT_REGISTRY_FORK_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "../order.h"
#include "rcu.h"

struct registry_process {
	lk_u64 generation; /* of this process: in a child one more */
	lk_u64 oldest; /* registries that were made in an earlier generation are not used */
	lk_u64 oldest_before; /* that of the parent */
	lk_u64 reclaimer; /* in which one liburcu's thread is running; 0: not started yet */
	pthread_once_t watched;
	int err; /* of pthread_atfork() */
	bool was_online; /* the thread that forks */
};

/* One for each flavour. Weak: one for all translation units. */
#define REGISTRY_PROCESS REGISTRY_PASTE(registry_process_, REGISTRY_RCU, )
extern struct registry_process REGISTRY_PROCESS;
__attribute__((weak)) struct registry_process REGISTRY_PROCESS = {
	1 /* generation */, 1 /* oldest */, 0, 0, PTHREAD_ONCE_INIT, 0, false};

static inline void registry_forked(void)
{
	struct registry_process *p = &REGISTRY_PROCESS;

	p->oldest_before = p->oldest;
	p->oldest = ++p->generation;
}

static inline void registry_watch(void)
{
	REGISTRY_PROCESS.err = -pthread_atfork(NULL, NULL, registry_forked);
}

/*
 * Prepare for a registry to be made here. Sets *generation. Returns 0, -ENOMEM, or -ECHILD:
 * liburcu's thread runs in the parent, who was not prepared.
 */
static inline int registry_adopt(lk_u64 *generation)
{
	struct registry_process *p = &REGISTRY_PROCESS;
	/* Relaxed: see registry_call_rcu(). */
	lk_u64 reclaimer = order_load_relaxed(&p->reclaimer);

	pthread_once(&p->watched, registry_watch);
	*generation = p->generation;
	if (p->err)
		return p->err;
	return reclaimer && reclaimer != p->generation ? -ECHILD : 0;
}

/* Is this process a child that was not prepared, of the one that made the registry? */
static LK_INLINE bool registry_orphaned(lk_u64 generation)
{
	return __builtin_expect(generation < REGISTRY_PROCESS.oldest, 0);
}

/* call_rcu(), which starts liburcu's thread when it is called first. */
static LK_INLINE void registry_call_rcu(struct rcu_head *head,
					void (*function)(struct rcu_head *head))
{
	struct registry_process *p = &REGISTRY_PROCESS;

	/* Relaxed: all threads of a process store the same number. */
	if (!order_load_relaxed(&p->reclaimer))
		order_store_relaxed(&p->reclaimer, p->generation);
	REGISTRY_URCU(call_rcu)(head, function);
}

/*
 * Prepare a fork(): wait until liburcu's thread rests. Context: the caller is the only thread that
 * is registered with the flavour, and not in a read-side critical section. A program that tells
 * liburcu itself (urcu_memb_call_rcu_before_fork()) does not call this, nor the next two.
 */
static inline void registry_before_fork(void)
{
	REGISTRY_PROCESS.was_online = REGISTRY_URCU(read_ongoing)();
	if (REGISTRY_PROCESS.was_online)
		REGISTRY_URCU(thread_offline)();
	REGISTRY_URCU(call_rcu_before_fork)();
}

/* Go on in the process that called registry_before_fork(). */
static inline void registry_after_fork_parent(void)
{
	REGISTRY_URCU(call_rcu_after_fork_parent)();
	if (REGISTRY_PROCESS.was_online)
		REGISTRY_URCU(thread_online)();
}

/* Go on in the child: all registries are usable here too, each process has its own from now on. */
static inline void registry_after_fork_child(void)
{
	struct registry_process *p = &REGISTRY_PROCESS;

	REGISTRY_URCU(call_rcu_after_fork_child)();
	p->oldest = p->oldest_before;
	if (p->reclaimer)
		p->reclaimer = p->generation;
	if (p->was_online)
		REGISTRY_URCU(thread_online)();
}

#endif /* LATCHKIT_REGISTRY_FORK_H */
