// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_hash.c - the chains of registry/hash.h: what is linked is found, and nothing else, at every
 * step of a resize, among links and unlinks; lookups that began before go on where they began.
 * The hash is the id itself here, so that the tests say which ids share a chain.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define REGISTRY_HASH(id, seed) (id)
#include <latchkit/registry/hash.h>

#define NODES 300

static struct registry_node nodes[NODES];
static bool linked[NODES];
static struct registry_hash table;

static void **chains_of(lk_u64 chains)
{
	return calloc(chains, sizeof(void *));
}

static void begin(lk_u64 chains)
{
	memset(linked, 0, sizeof(linked));
	for (lk_u64 i = 0; i < NODES; i++)
		nodes[i].id = i;
	registry_hash_init(&table, chains_of(chains), chains, (struct registry_seed){{0}});
}

static void end(void)
{
	free(table.sides[0].first);
	free(table.sides[1].first);
}

static void put_in(lk_u64 i)
{
	registry_hash_link(&table, &nodes[i]);
	linked[i] = true;
}

static void take_out(lk_u64 i)
{
	registry_hash_unlink(&table, &nodes[i]);
	linked[i] = false;
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
	registry_hash_resize(&table, chains_of(chains), chains);
}

static void what_is_linked_is_found(void **state)
{
	struct registry_node largest = {.id = ~0ULL};

	(void)state;
	begin(8);
	assert_null(registry_hash_find(&table, 0));
	for (lk_u64 i = 0; i < 100; i++)
		put_in(i);
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
static void any_place_of_a_chain_is_unlinked(void **state)
{
	const lk_u64 order[] = {4, 0, 2, 1, 3};

	(void)state;
	begin(1);
	for (lk_u64 i = 0; i < 5; i++)
		put_in(i);
	for (size_t i = 0; i < 5; i++) {
		take_out(order[i]);
		all_is_found();
	}
	end();
}

/* Who is on a node that is unlinked goes on behind it. */
static void who_is_there_goes_on(void **state)
{
	const struct registry_side *s;
	const struct registry_node *at;

	(void)state;
	begin(1);
	for (lk_u64 i = 0; i < 3; i++)
		put_in(i);
	s = registry_hash_side(&table);
	at = registry_side_first(s, 0);
	assert_int_equal(at->id, 2);
	take_out(2);
	assert_ptr_equal(registry_side_next(s, at), &nodes[1]);
	end();
}

static void nothing_is_published_before_all_is_moved(void **state)
{
	(void)state;
	begin(4);
	for (lk_u64 i = 0; i < 20; i++)
		put_in(i);
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
static void lookups_go_on_where_they_began(void **state)
{
	const struct registry_side *before;

	(void)state;
	begin(2);
	for (lk_u64 i = 0; i < 50; i++)
		put_in(i);
	before = registry_hash_side(&table);
	resize(64);
	while (!registry_hash_move(&table, 1))
		assert_int_equal(on_side(before), 50);
	for (lk_u64 i = 50; i < 60; i++)
		put_in(i);
	assert_int_equal(on_side(before), 50);
	take_out(0);
	assert_int_equal(on_side(before), 50);
	all_is_found();
	end();
}

static lk_u64 numbers = 88172645463325252ULL;

static lk_u64 any(lk_u64 below)
{
	numbers ^= numbers << 13;
	numbers ^= numbers >> 7;
	numbers ^= numbers << 17;
	return numbers % below;
}

/* Links, unlinks and single steps of resizes in any order. */
static void it_is_resized_between_other_writers(void **state)
{
	bool resizing = false;
	size_t resized = 0;

	(void)state;
	begin(4);
	for (int step = 0; step < 100000; step++) {
		lk_u64 i = any(NODES);

		if (any(3)) {
			(linked[i] ? take_out : put_in)(i);
		} else if (!resizing) {
			resize(1ULL << any(9));
			resizing = true;
		} else if (registry_hash_move(&table, 1 + any(8))) {
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_linked_is_found),
		cmocka_unit_test(any_place_of_a_chain_is_unlinked),
		cmocka_unit_test(who_is_there_goes_on),
		cmocka_unit_test(nothing_is_published_before_all_is_moved),
		cmocka_unit_test(lookups_go_on_where_they_began),
		cmocka_unit_test(it_is_resized_between_other_writers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
