/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * memcpy.h - no protection at all: what a copy costs when nothing is promised. Wide moves, where
 * `raw` copies word by word as the latches do.
 */
#include <string.h>

#define peer_memcpy_words(words) (words)

static LK_INLINE int peer_memcpy_publish(lk_u64 *memory, unsigned int words, const lk_u64 *record,
					 lk_u64 stamp)
{
	(void)stamp;
	memcpy(memory, record, words * sizeof(*record));
	__asm__ volatile("" ::: "memory"); /* every copy is made */
	return 0;
}

static LK_INLINE int peer_memcpy_accumulate(lk_u64 *memory, unsigned int words,
					    latch_apply_fn *apply_, const void *delta)
{
	(void)words;
	apply_(memory, delta);
	return 0;
}

static LK_INLINE int peer_memcpy_read(const lk_u64 *memory, unsigned int words, lk_u64 *record,
				      unsigned int tries)
{
	(void)tries;
	__asm__ volatile("" ::: "memory");
	memcpy(record, memory, words * sizeof(*record));
	return 0;
}
