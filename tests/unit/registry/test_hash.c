// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_hash.c - the chains of registry/hash.h: what is linked is found, and nothing else, at every
 * step of a resize, among links and unlinks; lookups that began before go on where they began.
 * The hash is the id itself here, so that the tests say which ids share a chain.
 */
#include "tests/test.h"
#include "user/host/random.h"

#define REGISTRY_HASH(id, seed) (id)
#include <latchkit/registry/hash.h>

#define NODES 300

static struct registry_node nodes[NODES];
static bool linked[NODES];
static struct registry_hash table;

static void put_in(lk_u64 from, lk_u64 below)
{
	for (lk_u64 i = from; i < below; i++) {
		registry_hash_link(&table, &nodes[i]);
		linked[i] = true;
	}
}

static void take_out(lk_u64 i)
{
	registry_hash_unlink(&table, &nodes[i]);
	linked[i] = false;
}

/* A table with so many nodes linked. */
static void begin(lk_u64 chains, lk_u64 count)
{
	memset(linked, 0, sizeof(linked));
	for (lk_u64 i = 0; i < NODES; i++)
		nodes[i].id = i;
	registry_hash_init(&table, calloc(chains, sizeof(void *)), chains,
			   (struct registry_seed){{0}});
	put_in(0, count);
}

static void end(void)
{
	free(table.sides[0].first);
	free(table.sides[1].first);
}

/* How many nodes a side has; each must be in its chain. */
static size_t on_side(const struct registry_side *s)
{
	size_t n = 0;

	for (lk_u64 chain = 0; chain <= s->mask; chain++) {
		const struct registry_node *at = registry_side_first(s, chain);

		for (; at; at = registry_side_next(s, at), n++) {
			assert_int_equal(registry_side_chain(s, at->id), chain);
			assert_true(n < NODES);
		}
	}
	return n;
}

static void all_is_found(void)
{
	size_t n = 0;

	for (lk_u64 i = 0; i < NODES; i++) {
		assert_ptr_equal(registry_hash_find(&table, i), linked[i] ? &nodes[i] : NULL);
		n += linked[i];
	}
	assert_int_equal(on_side(registry_hash_side(&table)), n);
}

/* The array of the side that is not published goes: a grace period has passed. */
static void resize(lk_u64 chains)
{
	free(registry_hash_other(&table)->first);
	registry_hash_resize(&table, calloc(chains, sizeof(void *)), chains);
}

TEST(what_is_linked_is_found)
{
	struct registry_node largest = {.id = ~0ULL};

	begin(8, 0);
	assert_null(registry_hash_find(&table, 0));
	put_in(0, 100);
	registry_hash_link(&table, &largest);
	assert_ptr_equal(registry_hash_find(&table, ~0ULL), &largest);
	assert_ptr_equal(registry_hash_find(&table, 0), &nodes[0]);
	assert_null(registry_hash_find(&table, 100));
	registry_hash_unlink(&table, &largest);
	assert_null(registry_hash_find(&table, ~0ULL));
	all_is_found();
	end();
}

/* The first, the last and the middle of a chain of five. */
TEST(any_place_of_a_chain_is_unlinked)
{
	const lk_u64 order[] = {4, 0, 2, 1, 3};

	begin(1, 5);
	for (size_t i = 0; i < 5; i++) {
		take_out(order[i]);
		all_is_found();
	}
	end();
}

/* Who is on a node that is unlinked goes on behind it. */
TEST(who_is_there_goes_on)
{
	const struct registry_side *s;
	const struct registry_node *at;

	begin(1, 3);
	s = registry_hash_side(&table);
	at = registry_side_first(s, 0);
	assert_int_equal(at->id, 2);
	take_out(2);
	assert_ptr_equal(registry_side_next(s, at), &nodes[1]);
	end();
}

TEST(nothing_is_published_before_all_is_moved)
{
	begin(4, 20);
	resize(16);
	assert_int_equal(registry_hash_chains(&table), 4);
	assert_false(registry_hash_move(&table, 3));
	assert_int_equal(registry_hash_chains(&table), 4);
	all_is_found();
	assert_true(registry_hash_move(&table, 3));
	assert_int_equal(registry_hash_chains(&table), 16);
	all_is_found();
	end();
}

/* What was linked when a lookup began is found by it, however long it takes. */
TEST(lookups_go_on_where_they_began)
{
	const struct registry_side *before;

	begin(2, 50);
	before = registry_hash_side(&table);
	resize(64);
	while (!registry_hash_move(&table, 1))
		assert_int_equal(on_side(before), 50);
	put_in(50, 60);
	assert_int_equal(on_side(before), 50);
	take_out(0);
	assert_int_equal(on_side(before), 50);
	all_is_found();
	end();
}

/* Links, unlinks and single steps of resizes in any order. */
TEST(it_is_resized_between_other_writers)
{
	uint64_t random = 1;
	bool resizing = false;
	size_t resized = 0;

	begin(4, 0);
	for (int step = 0; step < 100000; step++) {
		lk_u64 i = random_below(&random, NODES);

		if (random_below(&random, 3)) {
			if (linked[i])
				take_out(i);
			else
				put_in(i, i + 1);
		} else if (!resizing) {
			resize(1ULL << random_below(&random, 9));
			resizing = true;
		} else if (registry_hash_move(&table, 1 + random_below(&random, 8))) {
			resizing = false;
			resized++;
		}
		assert_ptr_equal(registry_hash_find(&table, i), linked[i] ? &nodes[i] : NULL);
		if (step % 32 == 0)
			all_is_found();
	}
	all_is_found();
	assert_true(resized > 100);
	end();
}
