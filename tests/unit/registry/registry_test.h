/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry_test.h - what the tests of registry.h share: a flavour of RCU, a clock that is set by
 * hand, and something to happen where a shrinker has dropped its lock.
 */
#ifndef LATCHKIT_TESTS_REGISTRY_TEST_H
#define LATCHKIT_TESTS_REGISTRY_TEST_H

/* Called by the thread that shrinks, or that deletes as published; by nobody while it is NULL. */
extern __thread void (*when_dropped)(void *registry);
#define REGISTRY_DROPPED(r) (when_dropped ? when_dropped(r) : (void)0)

#include <latchkit/registry.h>

#define RCU(verb) REGISTRY_URCU(verb)

#include "tests/unit/rcu_threads.h"

/* The time that registries with this clock think it is. */
extern lk_u64 clock_ns;
lk_u64 clock_now(void);

/* A payload that knows whose it is, and is told when it is released. */
struct payload {
	lk_u64 id, also_id; /* the same */
	lk_u64 constructed; /* times, since its memory was new */
	lk_u64 reused; /* as that test counts */
};

static inline struct payload *payload(struct registry_object *o)
{
	return registry_payload(o);
}

struct registry *registry_of(const struct registry_config *config);
/* A registry of payloads; some members of its configuration. */
#define CONFIG(...) \
	{ \
		.payload_bytes = sizeof(struct payload), .now_ns = clock_now, __VA_ARGS__ \
	}
#define registry_with(...) registry_of(&(struct registry_config)CONFIG(__VA_ARGS__))
struct registry *registry_plain(void);
/* Destroy it, with all that is linked. Before, assert_exact(). */
void finish(struct registry *r);

/* An object of that id, not inserted yet, or NULL. */
struct registry_object *object_of(struct registry *r, lk_u64 id);
/* Insert an object of that id, which must succeed. */
struct registry_object *add(struct registry *r, lk_u64 id);
void add_ids(struct registry *r, lk_u64 from, lk_u64 below);
lk_u64 counted(struct registry *r, enum registry_count which);
bool has(struct registry *r, lk_u64 id);
/* Nothing was miscounted, nobody wrote to what was free, what was made is linked or was freed. */
void assert_exact(struct registry *r);

#endif /* LATCHKIT_TESTS_REGISTRY_TEST_H */
