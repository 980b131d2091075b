/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two claim a buffer of one place, look at what the owner before left, write to it, look again and
 * release it; a third looks on. Both words of a buffer are equal whenever nobody owns it.
 * Bounds: 2 owners x OPS claims, 2 ways of BYTES bytes.
 */
#define SCRATCH_HEAD_WORDS 2
#include "memory.h"

#include <latchkit/scratch.h>

#define WORDS (BYTES / 8)

static const struct scratch_pool pool = {.words = memory, .places = 1, .ways = 2, .bytes = BYTES};

void *memory_known(memory_word address)
{
	(void)address;
	return 0;
}

static void owner(lk_u64 who)
{
	for (unsigned int op = 0; op < OPS; op++) {
		lk_u64 which, *words = scratch_pool_claim(&pool, 0, &which), number = who + 2 * op;

		__CPROVER_assert(words != 0, "room: refused, though there are two for two");
		if (!words)
			return;
		__CPROVER_assert(scratch_way(which) == 0, "reach: the second way");
#if WORDS > 1
		__CPROVER_assert(order_load_relaxed(words) == order_load_relaxed(words + 1),
				 "handed on: what the owner before left is not whole");
		order_store_relaxed(words + 1, number);
#endif
		order_store_relaxed(words, number);
		__CPROVER_assert(order_load_relaxed(words) == number,
				 "one owner: another one writes to it");
		scratch_pool_release(&pool, words, which);
	}
}

int main(void)
{
__CPROVER_ASYNC_1:
	owner(1);
__CPROVER_ASYNC_2:
	owner(2);
	return 0;
}
