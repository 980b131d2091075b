/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * oracle.h - records with related fields, for the test programs: word i is a function of word 0, so
 * that a record mixed from two generations is detected. ORACLE_WORDS: the words of a record.
 * tests/unit/latch/test_contract.c has the same for user space.
 */
#ifndef LATCHKIT_BPF_ORACLE_H
#define LATCHKIT_BPF_ORACLE_H

/* Accumulate: add n, n * 2, n * 3, ... */
static LK_INLINE void apply(lk_u64 *r, const void *delta)
{
	lk_u64 n = *(const lk_u64 *)delta;

	for (unsigned int i = 0; i < ORACLE_WORDS; i++)
		latch_word_set(r, i, latch_word_get(r, i) + n * (i + 1));
}

static LK_INLINE void merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < ORACLE_WORDS; i++)
		into[i] += from[i];
}

/* Publish: the record of generation n. */
static LK_INLINE void fill(lk_u64 *r, lk_u64 n)
{
	for (unsigned int i = 0; i < ORACLE_WORDS; i++)
		r[i] = n + 1000 * i;
}

static LK_INLINE int torn_record(const lk_u64 *r, int is_sum)
{
	lk_u64 first = r[0], bad = 0;

	for (unsigned int i = 1; i < ORACLE_WORDS; i++)
		bad |= r[i] != (is_sum ? first * (i + 1) : first ? first + 1000 * i : 0);
	return bad != 0;
}

#endif /* LATCHKIT_BPF_ORACLE_H */
