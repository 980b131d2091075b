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

#ifndef WORDS
#define WORDS 2
#endif

/*
 * The words of records are accessed by the functions of latch.h, and by no others: so CBMC need not
 * consider for each access every word that there is. There `i` or `index` is the word's place in
 * its record; where one of them is a variable the other is 0.
 */
#pragma push_macro("LATCH_VARIANT")
#undef LATCH_VARIANT
enum {
	i,
	index = i,
};
#define order_load_relaxed(p) memory_load_record(p, i + index)
#define order_store_relaxed(p, v) memory_store_record(p, i + index, v)
#include <latchkit/latch.h>
#undef order_load_relaxed
#undef order_store_relaxed
#pragma pop_macro("LATCH_VARIANT")

#ifdef LATCH_BANK_WAYS
/* The slots of a ring are within the ring, and which it is is known, but for the newest record. */
#include <latchkit/latch/mpmc_cell.h>
static inline const lk_u64 *threads_ring(const lk_u64 *ring)
{
	memory_part = ((1ULL << latch_cell_words(LATCH_BANK_SLOTS, WORDS + 1)) - 1)
		      << memory_index(ring);
	return ring;
}
static inline const lk_u64 *threads_any_ring(const lk_u64 *ring)
{
	memory_part = ~0ULL;
	return ring;
}
#define latch_cell_slot(ring, ...) latch_cell_slot(threads_ring(ring), __VA_ARGS__)
#define latch_cell_read_part(ring, slots, words, first, ...) \
	latch_cell_read_part((first) ? threads_ring(ring) : threads_any_ring(ring), slots, words, \
			     first, __VA_ARGS__)
#endif

#define THREADS_HEADER_(variant) <latchkit/latch/variant.h>
#define THREADS_HEADER(variant) THREADS_HEADER_(variant)
#define THREADS_CALL_(variant, verb) latch_##variant##_##verb
#define THREADS_CALL(variant, verb) THREADS_CALL_(variant, verb)
#include THREADS_HEADER(LATCH_VARIANT)
#define latch_publish THREADS_CALL(LATCH_VARIANT, publish)
#define latch_accumulate THREADS_CALL(LATCH_VARIANT, accumulate)
#define latch_read THREADS_CALL(LATCH_VARIANT, read)
#define latch_read_sum THREADS_CALL(LATCH_VARIANT, read_sum)

/* The number of the last record: those of writer 0 come first, 0 is what a latch holds at first. */
#define LAST (2 * OPS)

static const lk_u64 records[][2] = {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}};

/* The last record that each writer published, 0 for none. */
static lk_u64 published[2];
static _Bool ended[2];

/* Worth reading: the last record, and of a bank, in the second way. */
static _Bool is_last(const lk_u64 *record)
{
#ifdef LATCH_BANK_WAYS
	const lk_u64 *second = latch_bank_ring(memory, 1, WORDS);
	const lk_u64 *slot = second + LATCH_CONTROL_WORDS + WORDS + 1;

	if (memory_load_among(slot, ~0ULL) != LAST)
		return 0;
#endif
	return record[0] == LAST;
}

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

/* The program: two writers, and last who asserts. */
#define THREADS_MAIN(write, read) MEMORY_MAIN(, write(0), write(1), read())

#endif /* CBMC_LATCH_THREADS_H */
