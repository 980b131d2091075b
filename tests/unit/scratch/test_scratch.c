// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_scratch.c - latchkit/scratch.h among threads: the first free buffer is claimed, one owner at
 * a time, none refused while there are enough; what cannot be a pool is refused.
 */
#include "tests/test.h"

#include <latchkit/scratch.h>

#define THREADS 4
#define WORDS 100

static struct scratch_pool make(unsigned int places, unsigned int ways, unsigned long bytes)
{
	struct scratch_pool p;

	assert_int_equal(scratch_pool_init(&p, calloc(1, scratch_pool_size(places, ways, bytes)),
					   places, ways, bytes),
			 0);
	return p;
}

TEST(test_first_free_way)
{
	struct scratch_pool p = make(2, 3, 100);
	lk_u64 which[3];
	char *a = scratch_pool_claim(&p, 1, &which[0]), *b, *c;

	b = scratch_pool_claim(&p, 1, &which[1]);
	c = scratch_pool_claim(&p, 1, &which[2]);
	for (unsigned int way = 0; way < 3; way++)
		assert_int_equal(scratch_way(which[way]), way);
	/* Apart from each other, and from the heads of the next. */
	assert_true(b - a == 8 * (long)scratch_words(100) && c - b == b - a);
	memset(a, 1, 100);
	memset(b, 2, 100);
	memset(c, 3, 100);
	assert_true(a[99] == 1 && b[0] == 2 && b[99] == 2 && c[0] == 3);
	assert_int_equal(scratch_pool_release(&p, b, which[1]), 0);
	assert_ptr_equal(scratch_pool_claim(&p, 1, &which[1]), b);
	assert_int_equal(scratch_way(which[1]), 1);
	assert_int_equal(b[99], 2);
	free(p.words);
}

TEST(test_none_is_free)
{
	struct scratch_pool p = make(2, 2, 8);
	lk_u64 which;
	void *last;

	assert_non_null(scratch_pool_claim(&p, 0, &which));
	last = scratch_pool_claim(&p, 0, &which);
	assert_int_equal(scratch_pool_count(&p, SCRATCH_REFUSED), 0);
	assert_null(scratch_pool_claim(&p, 0, &(lk_u64){0}));
	assert_null(scratch_pool_claim(&p, 2, &(lk_u64){0})); /* the same place */
	assert_int_equal(scratch_pool_count(&p, SCRATCH_REFUSED), 2);
	assert_non_null(scratch_pool_claim(&p, 1, &(lk_u64){0}));
	assert_int_equal(scratch_pool_release(&p, last, which), 0);
	assert_ptr_equal(scratch_pool_claim(&p, 0, &which), last);
	free(p.words);
}

TEST(test_what_cannot_be_a_pool)
{
	static lk_u64 memory[64];
	struct scratch_pool p;

	assert_int_equal(scratch_pool_init(&p, memory, 1, 0, 8), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_init(&p, memory, 1, 33, 8), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_init(&p, memory, 1, 4, 0), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_init(&p, memory, 0, 4, 8), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_init(&p, memory, 65537, 4, 8), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_init(&p, memory, 1, 4, ~0UL), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_init(&p, NULL, 1, 4, 8), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_init(&p, (char *)memory + 4, 1, 4, 8), -SCRATCH_EINVAL);
	assert_int_equal(scratch_pool_size(1, 33, 8), 0);
	assert_int_equal(scratch_pool_size(1, 32, 1), 32 * 8 * (SCRATCH_HEAD_WORDS + 1));
	assert_int_equal(scratch_pool_init(&p, memory, 1, 4, 8), 0);
}

/* -- threads ----------------------------------------------------------------------------------- */

struct storm {
	struct scratch_pool pool;
	unsigned long claims; /* of each thread */
	lk_u64 number, refused, mixed;
};

/* Plain accesses: ThreadSanitizer sees when two own one buffer. */
static bool use(lk_u64 *words, lk_u64 number)
{
	for (int i = 1; i < WORDS; i++)
		if (words[i] != words[0])
			return false;
	for (int i = 0; i < WORDS; i++)
		words[i] = number;
	for (int i = 0; i < WORDS; i++)
		if (words[i] != number)
			return false;
	return true;
}

static void *work(void *arg)
{
	struct storm *s = arg;
	lk_u64 number = order_fetch_add_relaxed(&s->number, 1) + 1, which;

	for (unsigned long i = 0; i < s->claims; i++) {
		void *bytes = scratch_pool_claim(&s->pool, 0, &which);

		if (!bytes) {
			order_fetch_add_relaxed(&s->refused, 1);
			continue;
		}
		if (!use(bytes, number))
			order_fetch_add_relaxed(&s->mixed, 1);
		scratch_pool_release(&s->pool, bytes, which);
	}
	return NULL;
}

static void storm(struct storm *s, unsigned int ways)
{
	pthread_t threads[THREADS];

	*s = (struct storm){.pool = make(1, ways, 8 * WORDS),
			    .claims = setting("LATCHKIT_CLAIMS", 20000)};
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, s), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(s->mixed, 0);
	for (unsigned int way = 0; way < ways; way++)
		assert_int_equal(scratch_pool_buffer(&s->pool, 0, way)[SCRATCH_OWNER], 0);
	assert_int_equal(scratch_pool_count(&s->pool, SCRATCH_REFUSED), s->refused);
	free(s->pool.words);
}

TEST(test_as_many_threads_as_ways)
{
	struct storm s;

	storm(&s, THREADS);
	assert_int_equal(s.refused, 0);
}

TEST(test_more_threads_than_ways)
{
	struct storm s;

	storm(&s, 1);
	assert_true(s.refused < THREADS * s.claims);
}
