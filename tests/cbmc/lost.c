/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two writers add 1 to both words; when both have ended, the words say how often that succeeded.
 * Bounds: 2 writers x 1, 1 read after them, 2 words.
 */
#define ADDS 1
#include "adders.h"

static void reader(void)
{
	lk_u64 record[WORDS], scratch[WORDS], done;

	__CPROVER_assume(ended[0] && ended[1]);
	done = published[0] + published[1];
	__CPROVER_assert(latch_read_sum(memory, WORDS, record, scratch, 1, merge) == 0,
			 "lost: nobody is in the way");
	__CPROVER_assert(record[0] == done && record[1] == done, "lost: every delta counts once");
	__CPROVER_assert(done != 2, "reach: all deltas succeed");
}

THREADS_MAIN(adder, reader)
