// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_dead_writers.c - a bank in which writers have died: each keeps a way for ever, so that the
 * last way is the last that can be lost. What was committed stays readable.
 */
#include "tests/test.h"

#include <latchkit/latch.h>
#include <latchkit/latch/bank.h>

#define WORDS 4
#define TRIES 100

static lk_u64 ring[latch_bank_publish_words(WORDS)] __attribute__((aligned(64)));
static lk_u64 sums[latch_bank_accumulate_words(WORDS)] __attribute__((aligned(64)));
static jmp_buf grave;
static const lk_u64 one = 1, many = 1000;

static void add(lk_u64 *record, const void *delta)
{
	for (unsigned int i = 0; i < WORDS; i++)
		latch_word_set(record, i, latch_word_get(record, i) + *(const lk_u64 *)delta);
}

static void merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < WORDS; i++)
		into[i] += from[i];
}

/* As a thread that is killed in the middle of a write. */
static void add_and_die(lk_u64 *record, const void *delta)
{
	latch_word_set(record, 0, latch_word_get(record, 0) + *(const lk_u64 *)delta);
	longjmp(grave, 1);
}

static void die_accumulating(void)
{
	if (!setjmp(grave))
		latch_bank_accumulate(sums, WORDS, add_and_die, &many);
}

static void check_sum(lk_u64 expected)
{
	lk_u64 record[WORDS], scratch[WORDS];

	assert_true(latch_bank_read_sum(sums, WORDS, record, scratch, TRIES, merge) >= 0);
	for (unsigned int i = 0; i < WORDS; i++)
		assert_int_equal(record[i], expected);
}

TEST(test_accumulating)
{
	lk_u64 expected = 0;

	memset(sums, 0, sizeof(sums));
	for (unsigned int dead = 0; dead < LATCH_BANK_WAYS; dead++) {
		assert_int_equal(latch_bank_accumulate(sums, WORDS, add, &one), 0);
		check_sum(++expected);
		die_accumulating();
		check_sum(expected);
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(latch_bank_accumulate(sums, WORDS, add, &one), -LATCH_EBUSY);
	check_sum(expected);
}

/* A publisher dies between its claim and its commit. Returns whether it had found a way. */
static int die_publishing(void)
{
	lk_u64 counter;

	for (unsigned int way = 0; way < LATCH_BANK_WAYS; way++)
		if (!latch_bank_claim_ring(latch_bank_ring(ring, way, WORDS), &counter)) {
			latch_bank_meet(latch_bank_ring(ring, 0, WORDS), way);
			return 1;
		}
	return 0;
}

static void check_newest(lk_u64 expected)
{
	lk_u64 record[WORDS];

	assert_true(latch_bank_read(ring, WORDS, record, TRIES) >= 0);
	for (unsigned int i = 0; i < WORDS; i++)
		assert_int_equal(record[i], expected);
}

static int publish(lk_u64 value)
{
	lk_u64 record[WORDS] = {value, value, value, value};

	return latch_bank_publish(ring, WORDS, record, LATCH_STAMP_COUNTER);
}

TEST(test_publishing)
{
	lk_u64 newest = 0;

	memset(ring, 0, sizeof(ring));
	for (unsigned int dead = 0; dead < LATCH_BANK_WAYS; dead++) {
		assert_int_equal(publish(++newest), 0);
		check_newest(newest);
		assert_true(die_publishing());
		check_newest(newest);
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(publish(1000), -LATCH_EBUSY);
	assert_false(die_publishing());
	check_newest(newest);
}

int main(void)
{
	return tests_run("dead writers", NULL, NULL);
}
