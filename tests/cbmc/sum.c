/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two writers add 1 to both words, OPS times each, while a reader reads their sum once. None is
 * refused, as there are as many ways as writers.
 * Bounds: 2 writers x OPS, 1 read of 1 try, 2 words.
 */
#include "adders.h"

static void reader(void)
{
	lk_u64 record[WORDS], scratch[WORDS];

	if (latch_read_sum(memory, WORDS, record, scratch, 1, merge) < 0)
		return;
	__CPROVER_assert(record[0] == record[1], "torn: the words are sums of different deltas");
	__CPROVER_assert(record[0] <= 2 * OPS, "torn: no delta counts twice");
	__CPROVER_assert(record[0] != 2 * OPS, "reach: all deltas are read");
}

THREADS_MAIN(adder, reader)
