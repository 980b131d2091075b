/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* adders.h - writers that add 1 to each word of a latch, and what they have done. */
#ifndef CBMC_ADDERS_H
#define CBMC_ADDERS_H

#include "latch_threads.h"

/* How often each adds. */
#ifndef ADDS
#define ADDS OPS
#endif

static void add(lk_u64 *record, const void *delta)
{
	(void)delta;
	for (unsigned int i = 0; i < WORDS; i++)
		latch_word_set(record, i, latch_word_get(record, i) + 1);
}

/* Private records: what `bank` sums. */
static void merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < WORDS; i++)
		into[i] += from[i];
}

/* published[who]: how many of its deltas were not refused. */
static void adder(unsigned int who)
{
	lk_u64 done = 0;

	for (unsigned int n = 0; n < ADDS; n++)
		done += latch_accumulate(memory, WORDS, add, 0) == 0;
	published[who] = done;
	memory_mb();
	ended[who] = 1;
}

#endif /* CBMC_ADDERS_H */
