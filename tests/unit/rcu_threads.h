/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rcu_threads.h - threads that are registered with a flavour of RCU, and two of them that act at
 * once. The including file defines RCU(verb), the flavour's name of a function of liburcu.
 */
#ifndef LATCHKIT_TESTS_RCU_THREADS_H
#define LATCHKIT_TESTS_RCU_THREADS_H

#include <latchkit/order.h>

#include "tests/test.h"

static inline lk_u64 get(const lk_u64 *p)
{
	return order_load_acquire(p);
}

static inline void set(lk_u64 *p, lk_u64 v)
{
	order_store_release(p, v);
}

/* For tests_run(): the main thread is registered, too. */
static inline int rcu_begin(void **state)
{
	(void)state;
	RCU(register_thread)();
	return 0;
}

static inline int rcu_end(void **state)
{
	(void)state;
	RCU(unregister_thread)();
	return 0;
}

struct thread {
	pthread_t id;
	void (*main)(void *arg);
	void *arg;
};

static inline void *thread_main(void *arg)
{
	struct thread *t = arg;

	RCU(register_thread)();
	t->main(t->arg);
	RCU(unregister_thread)();
	return NULL;
}

static inline void thread_start(struct thread *t, void (*main_)(void *arg), void *arg)
{
	t->main = main_;
	t->arg = arg;
	if (pthread_create(&t->id, NULL, thread_main, t))
		abort();
}

/* Wait until it has ended, offline: no grace period waits for the calling thread. */
static inline void thread_join(struct thread *t)
{
	RCU(thread_offline)();
	pthread_join(t->id, NULL);
	RCU(thread_online)();
}

static inline void threads_start(struct thread *t, int n, void (*main_)(void *arg), void *arg)
{
	for (int i = 0; i < n; i++)
		thread_start(&t[i], main_, arg);
}

static inline void threads_join(struct thread *t, int n)
{
	for (int i = 0; i < n; i++)
		thread_join(&t[i]);
}

/* Be offline for so many microseconds. */
static inline void thread_pause(unsigned int us)
{
	RCU(thread_offline)();
	usleep(us);
	RCU(thread_online)();
}

/* -- a duel ----------------------------------------------------------------------------------- */

/* What two threads do at once: prepare(), act(0) here beside act(1) in the other, unfair(). */
struct duel {
	void *arg;
	void (*prepare)(void *arg);
	void (*act)(void *arg, int who);
	lk_u64 (*unfair)(void *arg); /* how much did not end as it should */
	lk_u64 go, done, stop; /* private */
};

static inline void duel_follow(void *arg)
{
	struct duel *d = arg;

	for (lk_u64 round = 1;; round++) {
		while (get(&d->go) != round) {
			RCU(quiescent_state)();
			if (get(&d->stop))
				return;
			sched_yield();
		}
		d->act(d->arg, 1);
		set(&d->done, round);
	}
}

/* Some rounds, or fewer in `seconds`. Returns the sum of what unfair() said. */
static inline lk_u64 duel(struct duel *d, lk_u64 rounds, double seconds)
{
	double end = now_s() + seconds;
	struct thread follower;
	lk_u64 unfair = 0;

	thread_start(&follower, duel_follow, d);
	for (lk_u64 round = 1; round <= rounds && now_s() < end; round++) {
		d->prepare(d->arg);
		set(&d->go, round);
		/* The follower needs a while to see it. */
		for (volatile lk_u64 i = 0; i < round % 128; i++)
			;
		d->act(d->arg, 0);
		while (get(&d->done) != round) {
			RCU(quiescent_state)();
			sched_yield();
		}
		unfair += d->unfair(d->arg);
	}
	set(&d->stop, 1);
	thread_join(&follower);
	return unfair;
}

#endif /* LATCHKIT_TESTS_RCU_THREADS_H */
