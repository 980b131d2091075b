// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registry_seeds.c - ids that somebody has chosen: which of them share a chain depends on a seed
 * that each registry draws at random. Chains are counted, not timed.
 */
#include "registry_test.h"

static size_t longest_chain(struct registry *r)
{
	const struct registry_side *s = registry_hash_side(&r->table);
	size_t longest = 0;

	for (lk_u64 chain = 0; chain <= s->mask; chain++) {
		size_t n = 0;

		for (struct registry_node *at = registry_side_first(s, chain); at;
		     at = registry_side_next(s, at))
			n++;
		longest = n > longest ? n : longest;
	}
	return longest;
}

/* The longest chain of a table that has these ids, and at least as many chains. */
static size_t longest_of(lk_u64 seed, const lk_u64 *ids, size_t count)
{
	struct registry *r = registry_with(.seed = seed, .buckets = 1 << 15);
	size_t longest;

	for (size_t i = 0; i < count; i++)
		add(r, ids[i]);
	longest = longest_chain(r);
	registry_destroy(r, REGISTRY_WAIT);
	return longest;
}

/* Chance makes chains of 6 to 8; by 3000 seeds the longest one had 10. */
#define LONG_CHAIN 24
#define CHOSEN 30000

/* Multiplies back what registry_hash_of() multiplies. */
static lk_u64 unmixed(lk_u64 x)
{
	lk_u64 inverse = 0xd6e8feb86659fd93ULL;

	for (int i = 0; i < 6; i++)
		inverse *= 2 - 0xd6e8feb86659fd93ULL * inverse;
	x ^= x >> 32;
	return x * inverse;
}

TEST(ids_chosen_against_the_hash_are_spread)
{
	lk_u64 *ids = calloc(CHOSEN, sizeof(*ids));

	assert_non_null(ids);
	for (lk_u64 i = 0; i < CHOSEN; i++) {
		ids[i] = unmixed(unmixed(i << 32));
		ids[i] ^= ids[i] >> 32;
		assert_int_equal(registry_hash_of(ids[i]) & 0xffffffff, 0);
	}
	for (int i = 0; i < 5; i++)
		assert_true(longest_of(0, ids, CHOSEN) < LONG_CHAIN);
	free(ids);
}

/* Ids that share a chain by one seed: whoever knows it can find them, and by another it is no use.
 */
TEST(ids_chosen_against_a_seed_are_spread_by_others)
{
	const struct registry_seed known = registry_seed_of(7);
	lk_u64 ids[500], id = 0;

	for (size_t n = 0; n < 500; id++)
		if ((registry_hash_seeded(id, &known) & ((1 << 15) - 1)) == 0)
			ids[n++] = id;
	assert_int_equal(longest_of(7, ids, 500), 500);
	assert_true(longest_of(8, ids, 500) < LONG_CHAIN);
	for (int i = 0; i < 5; i++)
		assert_true(longest_of(0, ids, 500) < LONG_CHAIN);
}

/* Ids as programs have them: numbers in a row, multiples, high bits only, addresses. */
TEST(ordinary_ids_are_spread)
{
	const lk_u64 factors[] = {1, 4096, 1ULL << 32, 1ULL << 48, 0x100000001ULL};
	lk_u64 *ids = calloc(CHOSEN, sizeof(*ids));

	assert_non_null(ids);
	for (size_t f = 0; f < 5; f++) {
		for (lk_u64 i = 0; i < CHOSEN; i++)
			ids[i] = i * factors[f];
		for (lk_u64 seed = 1; seed < 4; seed++)
			assert_true(longest_of(seed, ids, CHOSEN) < LONG_CHAIN);
	}
	free(ids);
}

TEST(each_registry_has_a_seed_of_its_own)
{
	struct registry *a = registry_plain(), *b = registry_plain();
	struct registry *c = registry_with(.seed = 7), *d = registry_with(.seed = 7);
	const size_t bytes = sizeof(struct registry_seed);

	assert_memory_not_equal(&a->table.sides[0].seed, &b->table.sides[0].seed, bytes);
	assert_memory_not_equal(&a->table.sides[0].seed, &c->table.sides[0].seed, bytes);
	assert_memory_equal(&c->table.sides[0].seed, &d->table.sides[0].seed, bytes);
	assert_memory_equal(&a->table.sides[0].seed, &a->table.sides[1].seed, bytes);
	registry_destroy(a, REGISTRY_WAIT);
	registry_destroy(b, REGISTRY_WAIT);
	registry_destroy(c, REGISTRY_WAIT);
	registry_destroy(d, REGISTRY_WAIT);
}
