/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two writers publish two records each; a reader reads once. Both words of each record are its
 * number, so that a record of unequal words is torn.
 * Bounds: 2 writers x OPS, 1 read of 1 try, 2 words.
 */
#include "latch_threads.h"

static void reader(void)
{
	lk_u64 record[WORDS];

	if (latch_read(memory, WORDS, record, 1) < 0)
		return;
	__CPROVER_assert(record[0] == record[1], "torn: the words are of different records");
	__CPROVER_assert(!is_last(record), "reach: the last record is read");
}

THREADS_MAIN(writer, reader)
