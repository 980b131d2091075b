/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch_test.h - what the tests of dispatch.h share: the flavour of RCU, threads that are
 * registered with it, and contexts that can tell when they are used as they must not be.
 *
 * The oracle: a context knows the number of the handler it belongs to, and is poisoned when it is
 * given back. A handler that finds another number is half of a mixed pair; one that finds poison
 * uses what is freed.
 */
#ifndef LATCHKIT_TESTS_DISPATCH_TEST_H
#define LATCHKIT_TESTS_DISPATCH_TEST_H

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <latchkit/dispatch.h>

#define RCU_NAME_(flavour, verb) urcu_##flavour##_##verb
#define RCU_NAME(flavour, verb) RCU_NAME_(flavour, verb)
/* The flavour's name of a function of liburcu. */
#define RCU(verb) RCU_NAME(DISPATCH_RCU, verb)

#define POISON 0xdeadULL
#define HANDLERS 2

struct context {
	struct dispatch_handler handler;
	lk_u64 number;
	lk_u64 running; /* calls under way */
	lk_u64 calls;
};

/* What happened; and what its handler saw. */
struct event {
	lk_u64 calls, mixed, dead;
};

/* The function that expects contexts of that number. */
extern dispatch_fn *const numbered[HANDLERS];

static inline lk_u64 get(const lk_u64 *p)
{
	return order_load_acquire(p);
}

static inline void set(lk_u64 *p, lk_u64 v)
{
	order_store_release(p, v);
}

static inline double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A thread registered with the flavour; the thread that joins it is offline meanwhile. */
struct thread {
	pthread_t id;
	void (*main)(void *arg);
	void *arg;
};

void thread_start(struct thread *t, void (*main)(void *arg), void *arg);
void thread_join(struct thread *t);
/* As thread_join() for something else: be offline for so many microseconds. */
void thread_pause(unsigned int us);

/* The next of a ring of contexts, not poisoned: one that was given back long ago. */
struct context *context_new(lk_u64 number);
void context_free(struct context *c);

/* A number from the environment. */
unsigned long setting(const char *name, unsigned long value);

extern const struct CMUnitTest dispatch_races[], dispatch_storms[];
extern const size_t dispatch_races_count, dispatch_storms_count;

#endif /* LATCHKIT_TESTS_DISPATCH_TEST_H */
