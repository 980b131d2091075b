// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_scratch_check.c - latchkit/scratch.h with SCRATCH_CHECK: releases of what is not held are
 * refused, counted, and do no harm.
 */
#include "tests/test.h"

#define SCRATCH_CHECK
#include <latchkit/scratch.h>

#define WAYS 3
#define BYTES 16

static lk_u64 memory[2 * WAYS * scratch_words(BYTES)];

static struct scratch_pool make(void)
{
	struct scratch_pool p;

	memset(memory, 0, sizeof(memory));
	assert_int_equal(scratch_pool_size(2, WAYS, BYTES), sizeof(memory));
	assert_int_equal(scratch_pool_init(&p, memory, 2, WAYS, BYTES), 0);
	return p;
}

static void assert_refused(struct scratch_pool *p, void *bytes, lk_u64 which)
{
	lk_u64 before = scratch_pool_count(p, SCRATCH_MISUSED);

	assert_int_equal(scratch_pool_release(p, bytes, which), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_count(p, SCRATCH_MISUSED), before + 1);
}

TEST(test_checked_release)
{
	struct scratch_pool p = make();
	lk_u64 which;
	void *bytes = scratch_pool_claim(&p, 0, &which);

	assert_int_equal(scratch_way(which), 0);
	assert_int_equal(scratch_pool_release(&p, bytes, which), 0);
	assert_int_equal(scratch_pool_count(&p, SCRATCH_MISUSED), 0);
}

TEST(test_release_of_what_is_not_held)
{
	struct scratch_pool p = make();

	assert_refused(&p, memory + SCRATCH_HEAD_WORDS, 1);
	assert_refused(&p, memory + SCRATCH_HEAD_WORDS, 0);
	assert_refused(&p, memory + SCRATCH_HEAD_WORDS + 1, 1);
	assert_refused(&p, memory, 1);
	assert_refused(&p, (void *)((uintptr_t)memory + sizeof(memory) + 8 * SCRATCH_HEAD_WORDS),
		       1);
	assert_refused(&p, NULL, 1);
	assert_refused(&p, &p, 1);
}

TEST(test_second_release)
{
	struct scratch_pool p = make();
	lk_u64 which, other;
	void *bytes = scratch_pool_claim(&p, 0, &which);

	assert_int_equal(scratch_pool_release(&p, bytes, which), 0);
	assert_refused(&p, bytes, which);
	/* Somebody else has it since, and keeps it. */
	assert_ptr_equal(scratch_pool_claim(&p, 0, &other), bytes);
	assert_refused(&p, bytes, which);
	assert_ptr_not_equal(scratch_pool_claim(&p, 0, &which), bytes);
	assert_int_equal(scratch_pool_release(&p, bytes, other), 0);
}

TEST(test_release_of_another_place)
{
	struct scratch_pool p = make();
	lk_u64 here, there;
	void *mine = scratch_pool_claim(&p, 0, &here), *other = scratch_pool_claim(&p, 1, &there);

	assert_refused(&p, other, here);
	assert_refused(&p, mine, there);
	assert_int_equal(scratch_pool_release(&p, other, there), 0);
	assert_int_equal(scratch_pool_release(&p, mine, here), 0);
}

TEST(test_release_of_another_way)
{
	struct scratch_pool p = make();
	lk_u64 first, second;
	void *one = scratch_pool_claim(&p, 0, &first), *two = scratch_pool_claim(&p, 0, &second);

	assert_refused(&p, one, second);
	assert_refused(&p, two, first);
	assert_int_equal(scratch_pool_release(&p, two, second), 0);
	assert_int_equal(scratch_pool_release(&p, one, first), 0);
}
