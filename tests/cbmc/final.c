/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two writers publish; when both have ended, a read takes one try and finds the last record of one
 * of them, whole; of a bank, whose writers are never refused, the one with the largest stamp.
 * Bounds: 2 writers x OPS, 1 read after them, 2 words.
 */
#include "latch_threads.h"

static void reader(void)
{
	lk_u64 record[WORDS];

	__CPROVER_assume(ended[0] && ended[1]);
	__CPROVER_assert(latch_read(memory, WORDS, record, 1) == 0, "final: nobody is in the way");
	__CPROVER_assert(record[0] == record[1], "final: the record is whole");
	__CPROVER_assert(record[0] && (record[0] == published[0] || record[0] == published[1]),
			 "final: the record is the last one of a writer");
#ifdef LATCH_BANK_WAYS
	__CPROVER_assert(record[0] == LAST, "final: the record is the one with the largest stamp");
#endif
	__CPROVER_assert(!is_last(record), "reach: the last record stays");
}

THREADS_MAIN(writer, reader)
