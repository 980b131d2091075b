/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* oracle.h - would any writer of a benchmark have left this record? */
#ifndef LATCHKIT_USER_BENCH_LATCH_ORACLE_H
#define LATCHKIT_USER_BENCH_LATCH_ORACLE_H

#include "bench/latch/subject.h"

/* A delta changes some words of the record, whatever its size, as a histogram's does. */
static LK_INLINE unsigned int bench_delta_words(unsigned int words)
{
	return words < BENCH_DELTA_WORDS ? words : BENCH_DELTA_WORDS;
}

/* Published records count upwards from their first word; each delta adds 1, 2, 3, ... */
static LK_INLINE bool bench_is_torn(const lk_u64 *record, unsigned int words, bool accumulate)
{
	bool torn = false;

	if (accumulate)
		for (unsigned int i = 1; i < bench_delta_words(words); i++)
			torn |= record[i] != record[0] * (i + 1);
	else
		for (unsigned int i = 1; i < words; i++)
			torn |= record[i] != record[0] + i;
	return torn;
}

#endif /* LATCHKIT_USER_BENCH_LATCH_ORACLE_H */
