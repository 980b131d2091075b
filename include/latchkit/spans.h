/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * spans.h - a table of starts by key, in memory that many write and anybody may map.
 *
 * For pairing two events: what begins puts a start under a key, and what ends takes it out. A span
 * may begin on one CPU and end on another, in another task, in an interrupt or NMI; so there is one
 * table for all, where writers nest and cannot wait: BPF programs in any context and user-space
 * threads. A reader that has mapped the table reads the starts that nobody has taken, without a
 * system call. A key is 1 to 8 words, a value 1 to 16; the first word of the value is the time of
 * the start, in ns of any clock that all starts share.
 *
 * The table is an array of buckets, each a value of a BPF array map, or plain memory, aligned to 64
 * bytes: memory as keyed.h's, of SPANS_WAYS places, a word for each and a cell, which is the key,
 * then the value. All zero bytes are an empty table.
 *
 *   word, bits 0-1   the place is                                       next
 *   0                free                                               1 by a start
 *   1                owned: by a start that writes its key and value,   2
 *                    or by an end that reads the value                  0
 *   2                ready: a start that an end may take,               1 by an end
 *                    or another start of the same key may replace       1 by a start
 *   bits 2-23        bits of the key's hash; 0 where it is free
 *   bits 24-63       generation: how often a start has come to own the place
 *
 * Promise    A start that is ready stays until one end takes it or one start of the same key
 *            replaces it: it is taken exactly once, by one of all those that try. Who takes it has
 *            its value, whole, and so has a reader that meets it. With each call counted by what it
 *            returns, at any time when nobody is in the middle of one
 *
 *              starts = starts taken by ends + starts replaced + starts without room + open
 *
 *            A start that is there before an end of its key begins, and that nobody else takes, is
 *            found by it, whatever is done to other keys. Starts of one key that overlap in time
 *            may leave two of it (twins), and an end takes all of a key that it meets. An end that
 *            overlaps with a start of its key may find none, even if that start replaces another.
 * Cost       start: a load for each place of two cache lines, two if the bucket is to be chosen,
 *            and one atomic operation; end: the loads and one atomic operation for each start taken
 * Progress   wait-free: at most 6 * SPANS_WAYS looks at a place and 4 * SPANS_WAYS atomic
 *            operations; whoever meets an owned place goes on to the next one, whatever its owner
 *            does; who has stopped for ever takes one place with it, or two if it had taken twins
 * Interrupts anyone may interrupt anyone
 * Memory     each place: a word, the key and the value, the two rounded up to 8 words
 *
 * Why a compare-exchange that succeeds tells that the key is right: whoever takes a place has seen
 * its word ready, then compared the key, and exchanges that very word. Words are equal only within
 * one generation, so that nobody has owned the place in between. Hence a start of another key with
 * the same bits of the hash is never taken, not even to be put back. The same word seen before and
 * after a copy tells a reader that the copy is whole. A generation comes again after 2^40 starts in
 * one place: hours, at the rate of one CPU that does nothing else, while somebody stands still in
 * the middle of one step and goes on at exactly that count.
 *
 * Source     claiming cells by compare-exchange, and a version beside the state so that an old look
 *            is refused: tagged words against the ABA problem, IBM System/370 Principles of
 *            Operation (1983), and sequence counters for readers; two choices of bucket: keyed.h.
 */
#ifndef LATCHKIT_SPANS_H
#define LATCHKIT_SPANS_H

#include "keyed.h"

#define SPANS_WAYS KEYED_WAYS
#define SPANS_MAX_KEY_WORDS 8
#define SPANS_MAX_VALUE_WORDS 16

/* For each word i of a value. In BPF a verifier that knows their number removes the others. */
#ifdef __bpf__
#define SPANS_EACH_WORD(i, value_words) \
	_Pragma("clang loop unroll(full)") for (unsigned int i = 0; i < SPANS_MAX_VALUE_WORDS; \
						i++) if (i < (value_words))
#else
#define SPANS_EACH_WORD(i, value_words) for (unsigned int i = 0; i < (value_words); i++)
#endif

/* errno value: both buckets of the key are full. */
#define SPANS_ENOSPC KEYED_ENOSPC

/* Words of a cell, and of a bucket: constant expressions. */
#define spans_cell_words(key_words, value_words) keyed_cell_words(key_words, value_words)
#define spans_bucket_words(key_words, value_words) keyed_bucket_words(key_words, value_words)

/* The parts of a place's word. */
#define SPANS_OWNED 1ULL
#define SPANS_READY 2ULL
#define SPANS_STATE 3ULL
#define SPANS_TAG 0xffffffULL /* the state, and bits of the hash */
#define SPANS_GENERATION (SPANS_TAG + 1)

/* The tag of a place that is ready, with a key of this hash. */
static LK_INLINE lk_u64 spans_tag(lk_u64 hash)
{
	return (hash >> 40 & (SPANS_TAG & ~SPANS_STATE)) | SPANS_READY;
}

/* The word of a place that a start comes to own which has found it with `word`. */
static LK_INLINE lk_u64 spans_claimed(lk_u64 word, lk_u64 tag)
{
	return ((word & ~SPANS_TAG) + SPANS_GENERATION) | (tag & ~SPANS_STATE) | SPANS_OWNED;
}

/* The word of a place that is ready, by that with which its start owns it, and the reverse. */
static LK_INLINE lk_u64 spans_turned(lk_u64 word)
{
	return word ^ (SPANS_OWNED | SPANS_READY);
}

/*
 * The same number, but a verifier of BPF programs does not know which: it looks at what follows
 * once, not once for each.
 */
static LK_INLINE lk_u64 spans_any(lk_u64 number, lk_u64 hash)
{
#ifdef __bpf__
	number ^= hash;
	asm volatile("" : "+r"(number));
	number ^= hash;
#endif
	(void)hash;
	return number;
}

/*
 * The word of a place if it is ready, with this key; else 0. The key may be one of which another
 * owner is writing the words: then a compare-exchange of this word fails.
 */
static LK_INLINE lk_u64 spans_match(lk_u64 *bucket, unsigned int place, const lk_u64 *key,
				    unsigned int key_words, unsigned int value_words, lk_u64 tag)
{
	lk_u64 word;

	/* Relaxed: most places are of other keys; this one is acquired below. */
	if ((order_load_relaxed(bucket + place) & SPANS_TAG) != tag)
		return 0;
	/* ORDER: acquire, or the key and the value could be read as they were before this start;
	 * pairs with the release in spans_write(); mutant spans-relaxed-find. */
	word = order_load_acquire(bucket + place);
	if ((word & SPANS_TAG) != tag ||
	    !keyed_same(keyed_cell(bucket, place, key_words, value_words), key, key_words))
		return 0;
	return word;
}

/* -- starts ------------------------------------------------------------------------------------ */

/*
 * Come to own a place of a bucket whose start has this key. Returns the place's word, or 0: there
 * is none, or others were faster. *place: which.
 */
static LK_INLINE lk_u64 spans_own_same(lk_u64 *bucket, const lk_u64 *key, unsigned int key_words,
				       unsigned int value_words, lk_u64 tag, unsigned int *place)
{
	for (unsigned int i = 0; i < SPANS_WAYS; i++) {
		lk_u64 word = spans_match(bucket, i, key, key_words, value_words, tag);
		lk_u64 claimed = spans_claimed(word, tag);

		/* Relaxed: nothing of what is there is used; spans_write() orders what follows. */
		if (word && order_cmpxchg_relaxed(bucket + i, word, claimed) == word) {
			*place = i;
			return claimed;
		}
	}
	return 0;
}

/* Come to own a free place of a bucket; as spans_own_same(). */
static LK_INLINE lk_u64 spans_own_free(lk_u64 *bucket, lk_u64 tag, unsigned int *place)
{
	for (unsigned int i = 0; i < SPANS_WAYS; i++) {
		/* Relaxed: what is read here is only exchanged. */
		lk_u64 word = order_load_relaxed(bucket + i), claimed = spans_claimed(word, tag);

		/* ORDER: acquire, or the stores of the start that was here before could come after
		 * those of this one; pairs with the release in spans_free(); mutant
		 * spans-relaxed-claim. */
		if (!(word & SPANS_STATE) &&
		    order_cmpxchg_acquire(bucket + i, word, claimed) == word) {
			*place = i;
			return claimed;
		}
	}
	return 0;
}

/* How many places of a bucket are not free. */
static LK_INLINE unsigned int spans_used(const lk_u64 *bucket)
{
	unsigned int used = 0;

	/* Relaxed: a count that decides between two good choices. Without a branch, see keyed.h. */
	for (unsigned int i = 0; i < SPANS_WAYS; i++) {
		lk_u64 word = order_load_relaxed(bucket + i);

		used += (unsigned int)((word | word >> 1) & 1);
	}
	return used;
}

/* Write a start to the place that was claimed with this word just before, and make it ready. */
static LK_INLINE void spans_write(lk_u64 *bucket, unsigned int place, const lk_u64 *key,
				  unsigned int key_words, const lk_u64 *value,
				  unsigned int value_words, lk_u64 claimed)
{
	lk_u64 *cell = keyed_cell(bucket, place, key_words, value_words);

	/* ORDER: the claim before the stores, or a reader could copy some of them and still see the
	 * word of the start before; pairs with the recheck in spans_copy(); mutant
	 * spans-claim-unordered. */
	order_wmb_after_rmw();
	KEYED_EACH_WORD(i, key_words, order_store_relaxed(cell + i, key[i]));
	SPANS_EACH_WORD (i, value_words)
		order_store_relaxed(cell + key_words + i, value[i]);
	/* ORDER: release, or the place could be seen ready before it is whole; pairs with the
	 * acquires in spans_match() and spans_copy(); mutant spans-relaxed-ready. */
	order_store_release(bucket + place, spans_turned(claimed));
}

/*
 * Put a start under a key. first, second: the two buckets that keyed_first() and keyed_second()
 * name; hash: keyed_hash() of the key; value[0]: the time, in ns. Any context. Returns
 *   0               it is there
 *   1               it is there, in the place of an older start of this key (restarted)
 *   -SPANS_ENOSPC   both buckets are full (map_full)
 * Order: who takes or meets the start sees all that its writer did before.
 */
static LK_INLINE int spans_start(lk_u64 *first, lk_u64 *second, const lk_u64 *key,
				 unsigned int key_words, const lk_u64 *value,
				 unsigned int value_words, lk_u64 hash)
{
	lk_u64 tag = spans_tag(hash), restarted = spans_any(1, hash), word, *bucket = first;
	unsigned int place = 0;

	word = spans_own_same(bucket, key, key_words, value_words, tag, &place);
	if (!word) {
		bucket = second;
		word = spans_own_same(bucket, key, key_words, value_words, tag, &place);
	}
	if (!word) {
		int to_first = spans_used(first) <= spans_used(second);

		restarted = spans_any(0, hash);
		bucket = to_first ? first : second;
		word = spans_own_free(bucket, tag, &place);
		if (!word) {
			bucket = to_first ? second : first;
			word = spans_own_free(bucket, tag, &place);
		}
	}
	if (!word)
		return -SPANS_ENOSPC;
	spans_write(bucket, keyed_any_place(place, hash), key, key_words, value, value_words, word);
	return (int)restarted;
}

/* -- ends -------------------------------------------------------------------------------------- */

/* The starts that one end has taken: the newest, whose place it owns, and their number. */
struct spans_taken {
	lk_u64 at; /* the place, of those of both buckets */
	lk_u64 word, time_ns, count;
};

/* The bucket of a place of both. */
static LK_INLINE lk_u64 *spans_side(lk_u64 *first, lk_u64 *second, lk_u64 at)
{
	return at & SPANS_WAYS ? second : first;
}

/* Leave a place that was taken with this word, for the next start. */
static LK_INLINE void spans_free(lk_u64 *bucket, lk_u64 at, lk_u64 word)
{
	/* ORDER: release, or the value could be read late, when the next start has written its own;
	 * and the stores of the start that was taken come before those of the next; pairs with the
	 * acquire in spans_own_free(); mutant spans-relaxed-free. */
	order_store_release(bucket + (at & (SPANS_WAYS - 1)), word & ~SPANS_TAG);
}

/* Take all starts of a key that are in one bucket: the second one, or the first. */
static LK_INLINE void spans_take(lk_u64 *first, lk_u64 *second, int of_second, const lk_u64 *key,
				 unsigned int key_words, unsigned int value_words, lk_u64 hash,
				 struct spans_taken *taken)
{
	lk_u64 *bucket = of_second ? second : first, tag = spans_tag(hash);

	for (unsigned int i = 0; i < SPANS_WAYS; i++) {
		lk_u64 *cell = keyed_cell(bucket, i, key_words, value_words), time_ns;
		lk_u64 word = spans_match(bucket, i, key, key_words, value_words, tag);

		/* Relaxed: spans_match() has acquired the start, of which this is still the word;
		 * nobody changes it until spans_free(). */
		if (!word || order_cmpxchg_relaxed(bucket + i, word, spans_turned(word)) != word)
			continue;
		time_ns = order_load_relaxed(cell + key_words);
		if (taken->count++ && (long long)(time_ns - taken->time_ns) < 0) {
			spans_free(bucket, i, word);
			continue;
		}
		if (taken->count > 1)
			spans_free(spans_side(first, second, taken->at), taken->at, taken->word);
		taken->at = spans_any(i + (of_second ? SPANS_WAYS : 0), hash);
		taken->word = word;
		taken->time_ns = time_ns;
	}
}

/* Copy the value of the newest start that was taken, if any, and leave its place. */
static LK_INLINE int spans_leave(lk_u64 *first, lk_u64 *second, const struct spans_taken *taken,
				 unsigned int key_words, lk_u64 *value, unsigned int value_words)
{
	lk_u64 *bucket = spans_side(first, second, taken->at);
	const lk_u64 *from =
		keyed_cell(bucket, taken->at & (SPANS_WAYS - 1), key_words, value_words) +
		key_words;

	if (!taken->count)
		return 0;
	/* Relaxed: the place is owned, and its start acquired. */
	SPANS_EACH_WORD (i, value_words)
		value[i] = order_load_relaxed(from + i);
	spans_free(bucket, taken->at, taken->word);
	return (int)taken->count;
}

/*
 * Take the start of a key. first, second, hash: as of spans_start(). Any context. Returns how many
 * were taken:
 *   0       none is there (unpaired); value is left as it was, which a BPF program must have
 *           initialised
 *   1       value: that of the start
 *   n > 1   twins; value: that of the newest by value[0]. n - 1 have been overtaken (restarted)
 * Each of them nobody else has taken, or will. Order: what the writer of a start did before is
 * seen.
 */
static LK_INLINE int spans_end(lk_u64 *first, lk_u64 *second, const lk_u64 *key,
			       unsigned int key_words, lk_u64 *value, unsigned int value_words,
			       lk_u64 hash)
{
	struct spans_taken taken = {spans_any(0, hash), 0, 0, spans_any(0, hash)};

	spans_take(first, second, 0, key, key_words, value_words, hash, &taken);
	spans_take(first, second, 1, key, key_words, value_words, hash, &taken);
	return spans_leave(first, second, &taken, key_words, value, value_words);
}

/* -- reading ----------------------------------------------------------------------------------- */

/* A table as its readers have it. */
struct spans_table {
	lk_u64 *words;
	unsigned int buckets; /* a power of two */
	unsigned int key_words, value_words;
	unsigned int bucket_words; /* from one bucket to the next; 0: no more than it needs */
	lk_u64 seed; /* of keyed_hash() */
};

static LK_INLINE lk_u64 *spans_bucket(const struct spans_table *t, unsigned int bucket)
{
	unsigned int words = t->bucket_words ? t->bucket_words
					     : spans_bucket_words(t->key_words, t->value_words);

	return t->words + (unsigned long)bucket * words;
}

/* A place of the table is a number: bucket * SPANS_WAYS + place. */
static LK_INLINE unsigned int spans_places(const struct spans_table *t)
{
	return t->buckets * SPANS_WAYS;
}

/*
 * Copy the start that is in a place: its key and its value. Returns 1, or 0: there is none, or it
 * was taken during the copy; key and value then hold nothing of use. Any context. Order: as of
 * spans_end().
 */
static LK_INLINE int spans_copy(const struct spans_table *t, unsigned int at, lk_u64 *key,
				lk_u64 *value)
{
	lk_u64 *bucket = spans_bucket(t, at / SPANS_WAYS);
	unsigned int place = at % SPANS_WAYS;
	const lk_u64 *cell = keyed_cell(bucket, place, t->key_words, t->value_words);
	lk_u64 word;

	/* ORDER: acquire, or the cell could be read as it was before this start; pairs with the
	 * release in spans_write(); mutant spans-relaxed-read. */
	word = order_load_acquire(bucket + place);
	if ((word & SPANS_STATE) != SPANS_READY)
		return 0;
	latch_copy_out(key, cell, t->key_words);
	latch_copy_out(value, cell + t->key_words, t->value_words);
	/* ORDER: the copy before the second look, or what the next start has written could be in
	 * it; pairs with the barrier in spans_write(); mutant spans-unordered-recheck. */
	return order_load_recheck(bucket + place) == word;
}

/*
 * The first place from `from` on that has a start; its key and value are copied out. Returns
 * spans_places(t) when there is none. So all open spans are met:
 *
 *   for (at = spans_next(&t, 0, key, value); at < spans_places(&t);
 *        at = spans_next(&t, at + 1, key, value))
 *
 * A start that is there from before the walk until after it is met once; one that is put or taken
 * meanwhile is met, whole, or not. Twins are met each. Any context; user space. Bounded by the size
 * of the table.
 */
static LK_INLINE unsigned int spans_next(const struct spans_table *t, unsigned int from,
					 lk_u64 *key, lk_u64 *value)
{
	for (unsigned int at = from; at < spans_places(t); at++)
		if (spans_copy(t, at, key, value))
			return at;
	return spans_places(t);
}

#endif /* LATCHKIT_SPANS_H */
