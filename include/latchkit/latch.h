/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * latch.h - the contract that every latch keeps.
 *
 * A latch hands a record of 1 to 128 words (8 bytes each) from writers to readers without a lock:
 * any number of readers, writers in any context including NMI. It is plain memory, an array of
 * words; all zero bytes are a valid latch whose record is all zero. It lives in a memory-mapped
 * BPF array map or in any other memory, aligned to 8 bytes (to 64 for best speed).
 *
 * `words`, the size of the record, is a parameter of every call; pass a compile-time constant and
 * the calls fold to straight code. One translation unit may use many sizes and many variants.
 *
 * Two workloads; one piece of latch memory serves one of them:
 *   publish     overwrite the record with another one
 *   accumulate  apply a delta to the record
 *
 * A variant NAME is one header, latch/NAME.h, and one line in variants.def. It defines
 *
 *   latch_NAME_publish_words(words), latch_NAME_accumulate_words(words)
 *       Size in words of the latch memory for each workload: constant expressions.
 *   int latch_NAME_publish(lk_u64 *latch, unsigned int words, const lk_u64 *record, lk_u64 stamp)
 *       Publish the record. stamp: the record's time, any clock that does not run backwards, or
 *       LATCH_STAMP_COUNTER; only `bank` uses it, to tell which of two records is the newer.
 *       Returns 0, or -LATCH_EBUSY when refused: the record is lost, the caller counts the drop.
 *   int latch_NAME_accumulate(lk_u64 *latch, unsigned int words, latch_apply_fn *apply,
 *                             const void *delta)
 *       Apply the delta. apply(record, delta) may run more than once, on different copies that
 *       hold the same record; it must do the same to each and use latch_word_get/set only.
 *       Returns 0, or -LATCH_EBUSY when refused: the delta is lost, the caller counts the drop.
 *   int latch_NAME_read(const lk_u64 *latch, unsigned int words, lk_u64 *record,
 *                       unsigned int tries)
 *       Copy the newest published record out. Tries at most `tries` times (1 or more).
 *       Returns how many times it had to retry, or -LATCH_EAGAIN when it gave up: `record` then
 *       holds nothing of use.
 *   int latch_NAME_read_sum(const lk_u64 *latch, unsigned int words, lk_u64 *record,
 *                           lk_u64 *scratch, unsigned int tries, latch_merge_fn *merge)
 *       The same for accumulated records. scratch: `words` words of private memory; merge adds a
 *       private partial record to another (only `bank` needs the two).
 *
 * Contexts: every call may run in task, interrupt and NMI context, preemptible or not, and may
 * interrupt any other: a reader finds a whole copy, a writer inside another writer is refused. A
 * variant's header says how far each call is bounded and, if it differs, who may interrupt whom.
 * Order: a record that is read is one that some writer wrote, whole, and everything that writer
 * did before is visible to the reader, for the variants that variants.def calls sound.
 *
 * With LATCH_VARIANT defined to a name, this header includes that variant and offers the calls
 * without the name: latch_publish(), latch_accumulate(), latch_read(), latch_read_sum(),
 * latch_publish_words(), latch_accumulate_words().
 */
#ifndef LATCHKIT_LATCH_H
#define LATCHKIT_LATCH_H

#include "order.h"

#define LATCH_MAX_WORDS 128

/* errno values, spelled here because BPF programs have no errno.h. */
#define LATCH_EAGAIN 11
#define LATCH_EBUSY 16

/* Publish under a number drawn from the latch itself instead of the record's own time. */
#define LATCH_STAMP_COUNTER 0ULL

/*
 * Words kept for the control words at the start of a latch: 8 put the slots on other cache lines
 * than the control words, 2 make the latch small.
 */
#ifndef LATCH_CONTROL_WORDS
#define LATCH_CONTROL_WORDS 8
#endif

/* Record memory as an apply function sees it; `delta` is whatever the caller passed. */
typedef void latch_apply_fn(lk_u64 *record, const void *delta);
/* Add a private partial record into another private one. */
typedef void latch_merge_fn(lk_u64 *into, const lk_u64 *from);

/* Read one word of a record that others may be writing or reading. No order. */
static LK_INLINE lk_u64 latch_word_get(const lk_u64 *record, unsigned int index)
{
	return order_load_relaxed(record + index);
}

/* Write one word of a record that others may be reading. No order. */
static LK_INLINE void latch_word_set(lk_u64 *record, unsigned int index, lk_u64 value)
{
	order_store_relaxed(record + index, value);
}

/* Copy a private record into latch memory, word by word. No order. */
static LK_INLINE void latch_copy_in(lk_u64 *shared, const lk_u64 *record, unsigned int words)
{
	for (unsigned int i = 0; i < words; i++)
		order_store_relaxed(shared + i, record[i]);
}

/* Copy a record out of latch memory, word by word. No order. */
static LK_INLINE void latch_copy_out(lk_u64 *record, const lk_u64 *shared, unsigned int words)
{
#pragma GCC unroll 8
	for (unsigned int i = 0; i < words; i++)
		record[i] = order_load_relaxed(shared + i);
}

/* Copy one slot of latch memory to another, word by word. No order. */
static LK_INLINE void latch_copy_slot(lk_u64 *to, const lk_u64 *from, unsigned int words)
{
	for (unsigned int i = 0; i < words; i++)
		order_store_relaxed(to + i, order_load_relaxed(from + i));
}

/*
 * Define latch_NAME_read_sum() of a variant that holds one record: that is latch_NAME_read(), and
 * scratch and merge are not used.
 */
#define LATCH_READ_SUM_IS_READ(name) \
	static LK_INLINE int latch_##name##_read_sum(const lk_u64 *latch, unsigned int words, \
						     lk_u64 *record, lk_u64 *scratch, \
						     unsigned int tries, latch_merge_fn *merge) \
	{ \
		(void)scratch; \
		(void)merge; \
		return latch_##name##_read(latch, words, record, tries); \
	}

#ifdef LATCH_VARIANT
#define LATCH_PASTE_(variant, verb) latch_##variant##_##verb
#define LATCH_PASTE(variant, verb) LATCH_PASTE_(variant, verb)
#define LATCH_HEADER_(variant) #variant
/* clang-format off */
#define LATCH_HEADER(variant) LATCH_HEADER_(latch/variant.h)
/* clang-format on */
#include LATCH_HEADER(LATCH_VARIANT)
#define latch_publish_words LATCH_PASTE(LATCH_VARIANT, publish_words)
#define latch_accumulate_words LATCH_PASTE(LATCH_VARIANT, accumulate_words)
#define latch_publish LATCH_PASTE(LATCH_VARIANT, publish)
#define latch_accumulate LATCH_PASTE(LATCH_VARIANT, accumulate)
#define latch_read LATCH_PASTE(LATCH_VARIANT, read)
#define latch_read_sum LATCH_PASTE(LATCH_VARIANT, read_sum)
#endif

#endif /* LATCHKIT_LATCH_H */
