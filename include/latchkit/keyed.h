/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keyed.h - a table of records by key, in memory that many write and anybody may map.
 *
 * For counting by key where writers nest and cannot wait, and where the reader must not disturb
 * them: BPF programs in any context, NMI included, and user-space threads find or make the record
 * of a key and write it through a latch; a reader that has mapped the table reads all of it,
 * without a system call. A key is 1 to 20 words.
 *
 * The table is an array of buckets, each a value of a BPF array map, or plain memory, aligned to 64
 * bytes. All zero bytes are an empty table. A bucket has KEYED_WAYS places, and for each a
 * fingerprint of the key in it and a cell: the key, then a latch.
 *
 *   fingerprint        the place is
 *   0                  free
 *   hash, bit 0 clear  claimed: its writer is copying the key
 *   hash, bit 0 set    ready: the key is there, and stays for good
 *
 * Promise    Whoever sees a place ready sees its key, whole. A place never has two keys. Nothing is
 *            moved, and no key leaves the table, so that a cell once found stays that of its key.
 *            Two writers that claim at the same time may make two cells of one key: a reader adds
 *            them up (keyed_next(), keyed_twin()). A key finds no room only if both its buckets
 *            are full; the caller counts that, best in a record of its own, so that the records
 *            add up to the total.
 * Cost       find: a load for each place of one or two cache lines, and one comparison of keys;
 *            claim: one atomic operation more, for each place that is lost to another writer
 * Progress   wait-free: at most 4 * KEYED_WAYS looks and 2 * KEYED_WAYS claims; who meets a claimed
 *            place goes on to the next one, whatever its writer does
 * Interrupts anyone may interrupt anyone
 * Memory     each place: a word, the key and the latch, the two rounded up to 8 words
 * Fill       with two buckets for each key to choose from, of which it takes the emptier one,
 *            tests/unit/keyed/test_keyed.c finds the first key without room at what
 *            docs/keyed.md says
 *
 * Source     cells that are claimed in an array and published by their key word are usual in
 *            wait-free tables; the power of two choices: Azar, Broder, Karlin and Upfal, Balanced
 *            Allocations (1994). Leaving duplicates to the reader, instead of helping or waiting,
 *            is ours.
 */
#ifndef LATCHKIT_KEYED_H
#define LATCHKIT_KEYED_H

#include "latch.h"

/* Places of a bucket: their fingerprints are one cache line. */
#ifndef KEYED_WAYS
#define KEYED_WAYS 8
#endif
/* Cells are a multiple of so many words, for the latch's sake. */
#ifndef KEYED_ALIGN
#define KEYED_ALIGN 8
#endif
#define KEYED_MAX_KEY_WORDS 20

/*
 * A statement for each word i of a key. In BPF a verifier that knows how many there are removes the
 * others: of the first words, which most keys have no more than, each has code of its own, the rest
 * is a loop.
 */
#ifdef __bpf__
#define KEYED_UNROLLED 8
#define KEYED_EACH_WORD(i, key_words, statement) \
	do { \
		_Pragma("clang loop unroll(full)") for (unsigned int i = 0; i < KEYED_UNROLLED; \
							i++) if (!i || i < (key_words)) statement; \
		_Pragma("clang loop unroll(disable)") for (unsigned int i = KEYED_UNROLLED; \
							   i < (key_words) && \
							   i < KEYED_MAX_KEY_WORDS; \
							   i++) statement; \
	} while (0)
#else
#define KEYED_EACH_WORD(i, key_words, statement) \
	do { \
		for (unsigned int i = 0; i < (key_words); i++) \
			statement; \
	} while (0)
#endif

/* errno value: both buckets of the key are full. */
#define KEYED_ENOSPC 28

/* Bit 0 of a fingerprint. */
#define KEYED_READY 1ULL

/* Words of a cell whose latch has latch_words, and of a bucket: constant expressions. */
#define keyed_cell_words(key_words, latch_words) \
	(((key_words) + (latch_words) + KEYED_ALIGN - 1) / KEYED_ALIGN * KEYED_ALIGN)
#define keyed_bucket_words(key_words, latch_words) \
	(KEYED_WAYS + KEYED_WAYS * keyed_cell_words(key_words, latch_words))

/* Spread each bit over the upper half, and that over the lower one. No two hashes become one. */
static LK_INLINE lk_u64 keyed_mix(lk_u64 hash)
{
	hash *= 0xd6e8feb86659fd93ULL;
	return hash ^ hash >> 32;
}

/*
 * The hash of a private key; each bit of the key changes about half of its bits. `seed`: any
 * number, the same for all of one table.
 */
static LK_INLINE lk_u64 keyed_hash(const lk_u64 *key, unsigned int key_words, lk_u64 seed)
{
	lk_u64 hash = seed;

	KEYED_EACH_WORD(i, key_words, hash = keyed_mix(hash ^ key[i]));
	return keyed_mix(hash);
}

/*
 * The two buckets of a hash, of a table of `buckets`, a power of two of at least 2. They differ, or
 * a key would have one choice. A fingerprint has the same two as its hash.
 */
static LK_INLINE unsigned int keyed_first(lk_u64 hash, unsigned int buckets)
{
	return (unsigned int)(hash >> 2) & (buckets - 1);
}

static LK_INLINE unsigned int keyed_second(lk_u64 hash, unsigned int buckets)
{
	unsigned int second = (unsigned int)(hash >> 33) & (buckets - 1);

	return second == keyed_first(hash, buckets) ? second ^ 1 : second;
}

/* The fingerprint of a key that is ready; never 0, nor KEYED_READY alone. */
static LK_INLINE lk_u64 keyed_fingerprint(lk_u64 hash)
{
	return hash | KEYED_READY | 2;
}

/* The cell of a place: its key. The latch is behind it. */
static LK_INLINE lk_u64 *keyed_cell(lk_u64 *bucket, unsigned int place, unsigned int key_words,
				    unsigned int latch_words)
{
	return bucket + KEYED_WAYS + place * keyed_cell_words(key_words, latch_words);
}

/* Does a cell that is ready have this key? Relaxed: whoever saw it ready has acquired the key. */
static LK_INLINE int keyed_same(const lk_u64 *cell, const lk_u64 *key, unsigned int key_words)
{
	lk_u64 differs = 0;

	KEYED_EACH_WORD(i, key_words, differs |= order_load_relaxed(cell + i) ^ key[i]);
	return !differs;
}

/* Is the place ready, with this key? */
static LK_INLINE int keyed_holds(lk_u64 *bucket, unsigned int place, const lk_u64 *key,
				 unsigned int key_words, unsigned int latch_words,
				 lk_u64 fingerprint)
{
	/* Relaxed: most places are of other keys; this one is acquired below. */
	if (order_load_relaxed(bucket + place) != fingerprint)
		return 0;
	/* ORDER: acquire, or the key could be read as it was before; pairs with the release in
	 * keyed_claim(); mutant keyed-relaxed-find. */
	return order_load_acquire(bucket + place) == fingerprint &&
	       keyed_same(keyed_cell(bucket, place, key_words, latch_words), key, key_words);
}

/* 1 if the word is not 0, else 0: without a branch, which would double what a verifier looks at. */
static LK_INLINE unsigned int keyed_is_taken(lk_u64 word)
{
	lk_u64 negative = 0 - word;

#ifdef __bpf__
	asm volatile("" : "+r"(negative)); /* or the compiler finds the branch */
#endif
	return (unsigned int)((word | negative) >> 63);
}

/*
 * The same place, but a verifier of BPF programs does not know which: it looks at what follows
 * once, not once for each place.
 */
static LK_INLINE unsigned int keyed_any_place(unsigned int place, lk_u64 hash)
{
#ifdef __bpf__
	lk_u64 any = place ^ hash;

	asm volatile("" : "+r"(any));
	place = (unsigned int)(any ^ hash) & (KEYED_WAYS - 1);
#endif
	(void)hash;
	return place;
}

/* The place of a key in a bucket, or KEYED_WAYS. */
static LK_INLINE unsigned int keyed_find(lk_u64 *bucket, const lk_u64 *key, unsigned int key_words,
					 unsigned int latch_words, lk_u64 fingerprint)
{
	for (unsigned int place = 0; place < KEYED_WAYS; place++)
		if (keyed_holds(bucket, place, key, key_words, latch_words, fingerprint))
			return place;
	return KEYED_WAYS;
}

/* How many places of a bucket are not free. */
static LK_INLINE unsigned int keyed_used(const lk_u64 *bucket)
{
	unsigned int used = 0;

	/* Relaxed: a count that decides between two good choices. */
	for (unsigned int place = 0; place < KEYED_WAYS; place++)
		used += keyed_is_taken(order_load_relaxed(bucket + place));
	return used;
}

/*
 * Claim a free place of a bucket for a key. Returns the place, or KEYED_WAYS. A place that another
 * writer has made ready for the same key meanwhile is as good.
 */
static LK_INLINE unsigned int keyed_claim(lk_u64 *bucket, const lk_u64 *key, unsigned int key_words,
					  unsigned int latch_words, lk_u64 fingerprint)
{
	for (unsigned int place = 0; place < KEYED_WAYS; place++) {
		lk_u64 *cell = keyed_cell(bucket, place, key_words, latch_words);

		/* Relaxed: nothing is there to be acquired; the key's copy depends on the claim,
		 * and is published by the release below. */
		if (order_cmpxchg_relaxed(bucket + place, 0, fingerprint & ~KEYED_READY)) {
			if (keyed_holds(bucket, place, key, key_words, latch_words, fingerprint))
				return place;
			continue;
		}
		KEYED_EACH_WORD(i, key_words, order_store_relaxed(cell + i, key[i]));
		/* ORDER: release, or the place could be seen ready before its key; pairs with the
		 * acquire in keyed_holds() and keyed_key(); mutant keyed-relaxed-ready. */
		order_store_release(bucket + place, fingerprint);
		return place;
	}
	return KEYED_WAYS;
}

/*
 * Find the latch of a key in one of its buckets: NULL, it is not there, or was not when its place
 * was looked at. Any context. Order: as of keyed_latch().
 */
static LK_INLINE lk_u64 *keyed_lookup(lk_u64 *bucket, const lk_u64 *key, unsigned int key_words,
				      unsigned int latch_words, lk_u64 hash)
{
	unsigned int place =
		keyed_find(bucket, key, key_words, latch_words, keyed_fingerprint(hash));

	if (place == KEYED_WAYS)
		return 0;
	return keyed_cell(bucket, keyed_any_place(place, hash), key_words, latch_words) + key_words;
}

/*
 * Make the latch of a key that was in neither of its buckets, in that with more room. Any context.
 * Returns the latch, for good, or NULL when both are full: the caller counts the loss.
 */
static LK_INLINE lk_u64 *keyed_make(lk_u64 *first, lk_u64 *second, const lk_u64 *key,
				    unsigned int key_words, unsigned int latch_words, lk_u64 hash)
{
	lk_u64 fingerprint = keyed_fingerprint(hash), *bucket, *other;
	unsigned int used = keyed_used(first), used_other = keyed_used(second), place;

	bucket = used <= used_other ? first : second;
	other = used <= used_other ? second : first;
	place = keyed_claim(bucket, key, key_words, latch_words, fingerprint);
	if (place == KEYED_WAYS) {
		bucket = other;
		place = keyed_claim(bucket, key, key_words, latch_words, fingerprint);
	}
	if (place >= KEYED_WAYS)
		return 0;
	return keyed_cell(bucket, keyed_any_place(place, hash), key_words, latch_words) + key_words;
}

/*
 * Find the latch of a key, or make it. first, second: the two buckets that keyed_first() and
 * keyed_second() name; hash: keyed_hash() of the key. Any context. Returns the latch, for good, or
 * NULL when both buckets are full: the caller counts the loss. *made: not 0 if the key was not
 * found at first; of several that make it at the same time each is told so. Order: whoever finds
 * the place ready finds the key; the latch has orders of its own. Where getting at a bucket costs
 * something, keyed_lookup(), the same of the second one, and keyed_make() do this step by step.
 */
static LK_INLINE lk_u64 *keyed_latch(lk_u64 *first, lk_u64 *second, const lk_u64 *key,
				     unsigned int key_words, unsigned int latch_words, lk_u64 hash,
				     int *made)
{
	lk_u64 *latch = keyed_lookup(first, key, key_words, latch_words, hash);

	if (!latch)
		latch = keyed_lookup(second, key, key_words, latch_words, hash);
	*made = !latch;
	if (!latch)
		latch = keyed_make(first, second, key, key_words, latch_words, hash);
	return latch;
}

/* -- reading ----------------------------------------------------------------------------------- */

/* A table as its readers have it. */
struct keyed_table {
	lk_u64 *words;
	unsigned int buckets; /* a power of two */
	unsigned int key_words, latch_words;
	unsigned int bucket_words; /* from one bucket to the next; 0: no more than it needs */
	lk_u64 seed;
};

static LK_INLINE lk_u64 *keyed_bucket(const struct keyed_table *t, unsigned int bucket)
{
	unsigned int words = t->bucket_words ? t->bucket_words
					     : keyed_bucket_words(t->key_words, t->latch_words);

	return t->words + (unsigned long)bucket * words;
}

/* A place of the table is a number: bucket * KEYED_WAYS + place. */
static LK_INLINE unsigned int keyed_places(const struct keyed_table *t)
{
	return t->buckets * KEYED_WAYS;
}

static LK_INLINE lk_u64 *keyed_cell_at(const struct keyed_table *t, unsigned int at)
{
	return keyed_cell(keyed_bucket(t, at / KEYED_WAYS), at % KEYED_WAYS, t->key_words,
			  t->latch_words);
}

/* The latch of a place that is ready. */
static LK_INLINE const lk_u64 *keyed_latch_at(const struct keyed_table *t, unsigned int at)
{
	return keyed_cell_at(t, at) + t->key_words;
}

/* Copy the key of a place, if it is ready. Returns its fingerprint, or 0. */
static LK_INLINE lk_u64 keyed_key(const struct keyed_table *t, unsigned int at, lk_u64 *key)
{
	/* ORDER: acquire, or the key could be read as it was before; pairs with the release in
	 * keyed_claim(); mutant keyed-relaxed-read. */
	lk_u64 fingerprint = order_load_acquire(keyed_bucket(t, at / KEYED_WAYS) + at % KEYED_WAYS);

	if (!(fingerprint & KEYED_READY))
		return 0;
	latch_copy_out(key, keyed_cell_at(t, at), t->key_words);
	return fingerprint;
}

/* The next place from `from` on, in one bucket, that is ready with this key; KEYED_WAYS: none. */
static LK_INLINE unsigned int keyed_again(const struct keyed_table *t, unsigned int bucket,
					  unsigned int from, const lk_u64 *key, lk_u64 fingerprint)
{
	for (unsigned int place = from; place < KEYED_WAYS; place++)
		if (keyed_holds(keyed_bucket(t, bucket), place, key, t->key_words, t->latch_words,
				fingerprint))
			return place;
	return KEYED_WAYS;
}

/* As keyed_twin(), of a key whose fingerprint is known. */
static LK_INLINE unsigned int keyed_twin_of(const struct keyed_table *t, const lk_u64 *key,
					    lk_u64 fingerprint, unsigned int from)
{
	unsigned int a = keyed_first(fingerprint, t->buckets);
	unsigned int b = keyed_second(fingerprint, t->buckets);
	unsigned int low = a < b ? a : b, high = a < b ? b : a, place;

	for (unsigned int i = 0; i < 2; i++) {
		unsigned int bucket = i ? high : low, start = bucket * KEYED_WAYS;

		if (from >= start + KEYED_WAYS)
			continue;
		place = keyed_again(t, bucket, from > start ? from - start : 0, key, fingerprint);
		if (place < KEYED_WAYS)
			return start + place;
	}
	return keyed_places(t);
}

/*
 * The places of a key, one after the other, in the order of its buckets: the first from `from` on,
 * and for keyed_places(t) that there are no more. `from`: 0, or the place found before plus one.
 * Any context.
 */
static LK_INLINE unsigned int keyed_twin(const struct keyed_table *t, const lk_u64 *key,
					 unsigned int from)
{
	lk_u64 fingerprint;

	if (!from)
		fingerprint = keyed_fingerprint(keyed_hash(key, t->key_words, t->seed));
	else
		/* Relaxed: it was found ready, with this key, and stays so. */
		fingerprint = order_load_relaxed(keyed_bucket(t, (from - 1) / KEYED_WAYS) +
						 (from - 1) % KEYED_WAYS);
	return keyed_twin_of(t, key, fingerprint, from);
}

/*
 * The first place from `from` on that is ready and the first of its key; its key is copied out.
 * Returns keyed_places(t) when there is none. So all keys are met, each once:
 *
 *   for (at = keyed_next(&t, 0, key); at < keyed_places(&t); at = keyed_next(&t, at + 1, key))
 *           for (i = at; i < keyed_places(&t); i = keyed_twin(&t, key, i + 1))
 *                   read the latch keyed_latch_at(&t, i), and add it up
 *
 * What is claimed meanwhile is met in this walk or in the next. Any context; user space. Bounded by
 * the size of the table.
 */
static LK_INLINE unsigned int keyed_next(const struct keyed_table *t, unsigned int from,
					 lk_u64 *key)
{
	for (unsigned int at = from; at < keyed_places(t); at++) {
		lk_u64 fingerprint = keyed_key(t, at, key);

		if (fingerprint && keyed_twin_of(t, key, fingerprint, 0) == at)
			return at;
	}
	return keyed_places(t);
}

#endif /* LATCHKIT_KEYED_H */
