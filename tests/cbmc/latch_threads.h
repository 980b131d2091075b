/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * latch_threads.h - the writers of the latch harnesses. LATCH_VARIANT, MEMORY_WORDS and
 * MEMORY_CLAIMS come from the command line; OPS: how often each writer writes.
 *
 * Whoever asserts is the thread that is started last: CBMC heeds only the assumptions that come
 * before an assertion, in the order in which the threads are started.
 */
#ifndef CBMC_LATCH_THREADS_H
#define CBMC_LATCH_THREADS_H

#include "memory.h"

#include <latchkit/latch.h>

#ifndef WORDS
#define WORDS 2
#endif
/* The number of the last record: those of writer 0 come first, 0 is what a latch holds at first. */
#define LAST (2 * OPS)

static const lk_u64 records[][2] = {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}};

/* The last record that each writer published, 0 for none. */
static lk_u64 published[2];
static _Bool ended[2];

static void writer(unsigned int who)
{
	lk_u64 last = 0;

	for (unsigned int n = who * OPS + 1; n <= (who + 1) * OPS; n++)
		if (latch_publish(memory, WORDS, records[n], n) == 0)
			last = n;
	published[who] = last;
	memory_mb();
	ended[who] = 1;
}

#endif /* CBMC_LATCH_THREADS_H */
