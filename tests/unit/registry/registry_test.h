/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry_test.h - what the tests of registry.h share: a flavour of RCU, a clock that is set by
 * hand, and something to happen where a shrinker has dropped its lock.
 */
#ifndef LATCHKIT_TESTS_REGISTRY_TEST_H
#define LATCHKIT_TESTS_REGISTRY_TEST_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Called by the thread that shrinks, or that deletes as published; by nobody while it is NULL. */
extern __thread void (*when_dropped)(void *registry);
#define REGISTRY_DROPPED(r) (when_dropped ? when_dropped(r) : (void)0)

#include <latchkit/registry.h>

#define RCU(verb) REGISTRY_URCU(verb)

/* The time that registries with this clock think it is. */
extern lk_u64 clock_ns;
lk_u64 clock_now(void);

/* A payload that knows whose it is, and is told when it is released. */
struct payload {
	lk_u64 id, also_id; /* the same */
	lk_u64 constructed; /* times, since its memory was new */
	lk_u64 reused; /* as that test counts */
};

struct registry *registry_of(const struct registry_config *config);
/* Insert an object of that id, which must succeed. */
struct registry_object *add(struct registry *r, lk_u64 id);
lk_u64 counted(struct registry *r, enum registry_count which);
bool has(struct registry *r, lk_u64 id);
/* Nothing was miscounted, nobody wrote to what was free, and all that was made is linked or freed.
 */
void assert_exact(struct registry *r);

static inline double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

extern const struct CMUnitTest registry_races[];
extern const size_t registry_races_count;
extern const struct CMUnitTest registry_forks[];
extern const size_t registry_forks_count;

#endif /* LATCHKIT_TESTS_REGISTRY_TEST_H */
