// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_keyed.c - latchkit/keyed.h: keys find their cells, one key per place, all of them met once
 * by a reader, nothing lost but what is refused, among threads that claim the same keys.
 */
#include <signal.h>
#include <ucontext.h>

#include "tests/test.h"

#define LATCH_VARIANT bank
#include <latchkit/keyed.h>

enum { COUNT, SUM, RECORD_WORDS };
#define LATCH_WORDS latch_accumulate_words(RECORD_WORDS)

static struct keyed_table make(unsigned int buckets, unsigned int key_words,
			       unsigned int latch_words)
{
	struct keyed_table t = {
		.buckets = buckets, .key_words = key_words, .latch_words = latch_words, .seed = 42};
	size_t bytes = (size_t)buckets * keyed_bucket_words(key_words, latch_words) * 8;

	t.words = aligned_alloc(64, bytes);
	assert_non_null(t.words);
	memset(t.words, 0, bytes);
	return t;
}

static lk_u64 *latch_of(const struct keyed_table *t, const lk_u64 *key)
{
	lk_u64 hash = keyed_hash(key, t->key_words, t->seed);
	int made;

	return keyed_latch(keyed_bucket(t, keyed_first(hash, t->buckets)),
			   keyed_bucket(t, keyed_second(hash, t->buckets)), key, t->key_words,
			   t->latch_words, hash, &made);
}

/* A key without pattern: splitmix64. */
static lk_u64 random_key(lk_u64 i)
{
	lk_u64 z = (i + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

TEST(test_found_again)
{
	struct keyed_table t = make(4, 1, LATCH_WORDS);
	lk_u64 a = 0, b = 1, key;
	lk_u64 *of_a, *of_b;

	assert_int_equal(keyed_next(&t, 0, &key), keyed_places(&t));
	of_a = latch_of(&t, &a);
	of_b = latch_of(&t, &b);
	assert_ptr_not_equal(of_a, of_b);
	assert_ptr_equal(of_a, latch_of(&t, &a));
	assert_ptr_equal(of_b, latch_of(&t, &b));
	free(t.words);
}

/* Keys and latches of all sizes lie beside each other: each keeps what is written to it. */
TEST(test_shapes)
{
	static const unsigned int latches[] = {1, 7, 8, 33};

	for (unsigned int words = 1; words <= KEYED_MAX_KEY_WORDS; words++)
		for (size_t l = 0; l < sizeof(latches) / sizeof(latches[0]); l++) {
			struct keyed_table t = make(8, words, latches[l]);
			lk_u64 key[KEYED_MAX_KEY_WORDS];

			for (lk_u64 i = 0; i < 20; i++) {
				for (unsigned int w = 0; w < words; w++)
					key[w] = i * 100 + w;
				for (unsigned int w = 0; w < latches[l]; w++)
					latch_of(&t, key)[w] = i * 1000 + w;
			}
			for (lk_u64 i = 0; i < 20; i++) {
				for (unsigned int w = 0; w < words; w++)
					key[w] = i * 100 + w;
				for (unsigned int w = 0; w < latches[l]; w++)
					assert_int_equal(latch_of(&t, key)[w], i * 1000 + w);
			}
			free(t.words);
		}
}

/* Keys that differ in one word only are different keys. */
TEST(test_each_word_counts)
{
	struct keyed_table t = make(32, KEYED_MAX_KEY_WORDS, LATCH_WORDS);
	lk_u64 zero[KEYED_MAX_KEY_WORDS] = {0}, key[KEYED_MAX_KEY_WORDS];

	for (int w = 0; w < KEYED_MAX_KEY_WORDS; w++)
		for (int bit = 0; bit < 64; bit += 63) {
			memset(key, 0, sizeof(key));
			key[w] = 1ULL << bit;
			assert_ptr_not_equal(latch_of(&t, key), latch_of(&t, zero));
		}
	free(t.words);
}

/* Two buckets hold two times KEYED_WAYS keys; the next one is refused, and nobody is driven out. */
TEST(test_full)
{
	struct keyed_table t = make(2, 1, LATCH_WORDS);
	lk_u64 *latch[2 * KEYED_WAYS], key, met = 0;

	for (key = 0; key < 2 * KEYED_WAYS; key++) {
		latch[key] = latch_of(&t, &key);
		assert_non_null(latch[key]);
		for (lk_u64 i = 0; i < key; i++)
			assert_ptr_not_equal(latch[i], latch[key]);
	}
	for (key = 2 * KEYED_WAYS; key < 100; key++)
		assert_null(latch_of(&t, &key));
	for (key = 0; key < 2 * KEYED_WAYS; key++)
		assert_ptr_equal(latch_of(&t, &key), latch[key]);
	for (unsigned int at = keyed_next(&t, 0, &key); at < keyed_places(&t);
	     at = keyed_next(&t, at + 1, &key))
		met |= 1ULL << key;
	assert_int_equal(met, (1ULL << (2 * KEYED_WAYS)) - 1);
	free(t.words);
}

/* Two keys of one hash, as happens once in a while: the keys tell them apart. */
TEST(test_same_hash)
{
	struct keyed_table t = make(4, 2, LATCH_WORDS);
	lk_u64 a[2] = {1, 2}, b[2] = {1, 3}, hash = keyed_hash(a, 2, t.seed);
	lk_u64 *first = keyed_bucket(&t, keyed_first(hash, 4));
	lk_u64 *second = keyed_bucket(&t, keyed_second(hash, 4)), *of_a, *of_b;
	int made;

	of_a = keyed_latch(first, second, a, 2, LATCH_WORDS, hash, &made);
	assert_true(made);
	of_b = keyed_latch(first, second, b, 2, LATCH_WORDS, hash, &made);
	assert_true(made);
	assert_ptr_not_equal(of_a, of_b);
	assert_ptr_equal(keyed_latch(first, second, a, 2, LATCH_WORDS, hash, &made), of_a);
	assert_false(made);
	assert_ptr_equal(keyed_latch(first, second, b, 2, LATCH_WORDS, hash, &made), of_b);
	assert_false(made);
	free(t.words);
}

/* A writer that stopped while it claimed: nobody waits, nobody sees its key. */
TEST(test_stopped_writer)
{
	struct keyed_table t = make(4, 1, LATCH_WORDS);
	lk_u64 key = 7, met, *first, *second;
	lk_u64 hash = keyed_hash(&key, 1, t.seed);
	lk_u64 *bucket = keyed_bucket(&t, keyed_first(hash, t.buckets));

	bucket[0] = keyed_fingerprint(hash) & ~KEYED_READY;
	assert_int_equal(keyed_next(&t, 0, &met), keyed_places(&t));
	assert_int_equal(keyed_key(&t, keyed_first(hash, t.buckets) * KEYED_WAYS, &met), 0);
	first = latch_of(&t, &key);
	assert_non_null(first);
	assert_ptr_not_equal(first, keyed_latch_at(&t, keyed_first(hash, 4) * KEYED_WAYS));
	assert_ptr_equal(first, latch_of(&t, &key));
	/* It goes on: two cells of one key, which readers add up. */
	keyed_cell(bucket, 0, 1, LATCH_WORDS)[0] = key;
	bucket[0] |= KEYED_READY;
	second = latch_of(&t, &key);
	assert_ptr_not_equal(first, second);
	free(t.words);
}

/* All twins of a key are met from one place. */
TEST(test_twins)
{
	struct keyed_table t = make(4, 2, LATCH_WORDS);
	lk_u64 key[2] = {3, 4}, met[2];
	lk_u64 hash = keyed_hash(key, 2, t.seed), fingerprint = keyed_fingerprint(hash);
	unsigned int buckets[] = {keyed_first(hash, 4), keyed_second(hash, 4)}, places = 0;
	unsigned int at;

	for (int b = 0; b < 2; b++)
		for (int i = 1; i < KEYED_WAYS; i += 3) {
			lk_u64 *bucket = keyed_bucket(&t, buckets[b]);

			memcpy(keyed_cell(bucket, (unsigned int)i, 2, LATCH_WORDS), key,
			       sizeof(key));
			bucket[i] = fingerprint;
			places++;
		}
	at = keyed_next(&t, 0, met);
	assert_memory_equal(met, key, sizeof(key));
	assert_int_equal(keyed_next(&t, at + 1, met), keyed_places(&t));
	for (unsigned int i = at; i < keyed_places(&t); i = keyed_twin(&t, key, i + 1))
		places--;
	assert_int_equal(places, 0);
	free(t.words);
}

/* Each key has two buckets to choose from, in tables of all sizes. */
TEST(test_two_choices)
{
	for (unsigned int buckets = 2; buckets <= 1 << 20; buckets *= 2)
		for (lk_u64 i = 0; i < 1000; i++) {
			unsigned int a = keyed_first(random_key(i), buckets);
			unsigned int b = keyed_second(random_key(i), buckets);

			assert_true(a < buckets && b < buckets && a != b);
		}
}

/* How many keys a table of 512 buckets takes before it refuses the first, in per cent. */
static unsigned int fill(lk_u64 (*key_of)(lk_u64 i), lk_u64 first)
{
	struct keyed_table t = make(512, 1, 1);
	lk_u64 n = 0, key;

	for (;; n++) {
		key = key_of(first + n);
		if (!latch_of(&t, &key))
			break;
	}
	free(t.words);
	return (unsigned int)(n * 100 / keyed_places(&t));
}

static lk_u64 sequential_key(lk_u64 i)
{
	return i;
}

static lk_u64 strided_key(lk_u64 i)
{
	return i << 20;
}

TEST(test_fill)
{
	static const struct {
		const char *name;
		lk_u64 (*of)(lk_u64 i);
	} keys[] = {
		{"random", random_key}, {"sequential", sequential_key}, {"strided", strided_key}};

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		unsigned int least = 100, most = 0, now;

		for (lk_u64 i = 0; i < 20; i++) {
			now = fill(keys[k].of, i * 1000000);
			least = now < least ? now : least;
			most = now > most ? now : most;
		}
		printf("note: %s keys: the first is refused when the table is %u to %u %% full\n",
		       keys[k].name, least, most);
		assert_true(least >= 70);
	}
}

/* -- an interruption at each instruction ------------------------------------------------------- */

/*
 * A writer makes its place, is interrupted after each of its instructions in turn, and finds
 * afterwards what it would have found: by a writer of the same key, or of another key of the same
 * buckets, and by a reader.
 */
#ifdef __x86_64__
#define TRAP_FLAG 0x100

static struct keyed_table stepped;
static lk_u64 mine, others;
static volatile sig_atomic_t steps_left;
static volatile bool reader_saw_nonsense;

/* Whoever reads meets none but the two keys, and each once. */
static void look(void)
{
	lk_u64 key, met[2] = {0};

	for (unsigned int at = keyed_next(&stepped, 0, &key); at < keyed_places(&stepped);
	     at = keyed_next(&stepped, at + 1, &key))
		if ((key != mine && key != others) || met[key == mine]++)
			reader_saw_nonsense = true;
}

static void on_step(int number, siginfo_t *info, void *context)
{
	ucontext_t *at = context;

	(void)number;
	(void)info;
	if (--steps_left)
		return;
	at->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
	look();
	*latch_of(&stepped, &others) += 100;
	look();
}

static inline void trap_each_instruction(void)
{
	asm volatile("lea -128(%%rsp), %%rsp; pushfq; orq %0, (%%rsp); popfq; lea 128(%%rsp), %%rsp"
		     :
		     : "i"(TRAP_FLAG)
		     : "memory", "cc");
}

static inline void trap_no_more(void)
{
	asm volatile(
		"lea -128(%%rsp), %%rsp; pushfq; andq %0, (%%rsp); popfq; lea 128(%%rsp), %%rsp"
		:
		: "i"(~TRAP_FLAG)
		: "memory", "cc");
}

/* What all the places of a key have counted. */
static lk_u64 counted(lk_u64 key)
{
	lk_u64 sum = 0;

	for (unsigned int at = keyed_twin(&stepped, &key, 0); at < keyed_places(&stepped);
	     at = keyed_twin(&stepped, &key, at + 1))
		sum += *keyed_latch_at(&stepped, at);
	return sum;
}

/* Returns how many instructions there were. */
static int interrupt_at_each(lk_u64 key, lk_u64 other)
{
	int step = 0;

	mine = key;
	others = other;
	do {
		lk_u64 *latch;

		stepped = make(2, 1, 1);
		steps_left = ++step;
		reader_saw_nonsense = false;
		trap_each_instruction();
		latch = latch_of(&stepped, &mine);
		trap_no_more();
		*latch += 1;
		assert_false(reader_saw_nonsense);
		if (mine == others)
			assert_int_equal(counted(mine), steps_left > 0 ? 1 : 101);
		else
			assert_int_equal(counted(mine), 1);
		free(stepped.words);
	} while (steps_left <= 0);
	return step - 1;
}

TEST(test_interrupted)
{
	const struct sigaction action = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
	struct sigaction before;
	int same, other;

	sigaction(SIGTRAP, &action, &before);
	same = interrupt_at_each(random_key(1), random_key(1));
	other = interrupt_at_each(random_key(1), random_key(2));
	sigaction(SIGTRAP, &before, NULL);
	printf("note: interrupted at each of %d and %d instructions\n", same, other);
	assert_true(same > 50 && other > 50);
}
#else
TEST(test_interrupted)
{
	printf("skip: interrupted at each instruction: this machine has no trap flag\n");
	skip();
}
#endif

/* -- threads ----------------------------------------------------------------------------------- */

#define THREADS 4
#define KEYS 400
#define WRITES 200000

static struct keyed_table shared;
static pthread_barrier_t together;

static void add(lk_u64 *record, const void *delta)
{
	lk_u64 count = latch_word_get(record, COUNT) + 1;

	latch_word_set(record, COUNT, count);
	latch_word_set(record, SUM, count * *(const lk_u64 *)delta);
}

static void merge(lk_u64 *into, const lk_u64 *from)
{
	into[COUNT] += from[COUNT];
	into[SUM] += from[SUM];
}

struct writer {
	pthread_t thread;
	lk_u64 random;
	lk_u64 written[KEYS];
	lk_u64 refused;
};

static void *write_all(void *arg)
{
	struct writer *w = arg;

	pthread_barrier_wait(&together);
	for (int i = 0; i < WRITES; i++) {
		lk_u64 which = random_key(w->random++) % KEYS, key = random_key(which) | 1;
		lk_u64 *latch = latch_of(&shared, &key);

		if (latch && latch_accumulate(latch, RECORD_WORDS, add, &key) == 0)
			w->written[which]++;
		else
			w->refused++;
	}
	return NULL;
}

/* The record of a key, all its places together; each must be whole. */
static void read_key(unsigned int at, const lk_u64 *key, lk_u64 *record)
{
	lk_u64 one[RECORD_WORDS], scratch[RECORD_WORDS];

	memset(record, 0, RECORD_WORDS * sizeof(*record));
	for (unsigned int i = at; i < keyed_places(&shared); i = keyed_twin(&shared, key, i + 1)) {
		if (latch_read_sum(keyed_latch_at(&shared, i), RECORD_WORDS, one, scratch, 1000,
				   merge) < 0)
			continue;
		assert_int_equal(one[SUM], one[COUNT] * *key);
		merge(record, one);
	}
}

static bool is_one_of_ours(lk_u64 key)
{
	for (lk_u64 i = 0; i < KEYS; i++)
		if ((random_key(i) | 1) == key)
			return true;
	return false;
}

/* Each key that is met is whole, and met once, while the others claim. */
static void read_while_they_write(void)
{
	unsigned int at;
	lk_u64 key, record[RECORD_WORDS], seen[KEYS * 2];

	for (int round = 0; round < 20; round++) {
		size_t n = 0;

		for (at = keyed_next(&shared, 0, &key); at < keyed_places(&shared);
		     at = keyed_next(&shared, at + 1, &key)) {
			assert_true(is_one_of_ours(key));
			for (size_t i = 0; i < n; i++)
				assert_int_not_equal(seen[i], key);
			assert_true(n < KEYS);
			seen[n++] = key;
			read_key(at, &key, record);
		}
	}
}

static void storm(unsigned int buckets, bool may_refuse)
{
	static struct writer writers[THREADS];
	lk_u64 expected[KEYS] = {0}, refused = 0, total = 0;

	shared = make(buckets, 1, LATCH_WORDS);
	pthread_barrier_init(&together, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		memset(&writers[i], 0, sizeof(writers[i]));
		writers[i].random = (lk_u64)i << 32;
		assert_int_equal(pthread_create(&writers[i].thread, NULL, write_all, &writers[i]),
				 0);
	}
	read_while_they_write();
	for (int i = 0; i < THREADS; i++) {
		pthread_join(writers[i].thread, NULL);
		refused += writers[i].refused;
		for (int k = 0; k < KEYS; k++)
			expected[k] += writers[i].written[k];
	}
	for (lk_u64 k = 0; k < KEYS; k++) {
		lk_u64 key = random_key(k) | 1, record[RECORD_WORDS];

		read_key(keyed_twin(&shared, &key, 0), &key, record);
		assert_int_equal(record[COUNT], expected[k]);
		assert_int_equal(record[SUM], expected[k] * key);
		total += record[COUNT];
	}
	assert_int_equal(total + refused, (lk_u64)THREADS * WRITES);
	assert_true(may_refuse ? refused > 0 : refused == 0);
	pthread_barrier_destroy(&together);
	free(shared.words);
}

TEST(test_threads)
{
	storm(128, false);
}

TEST(test_threads_without_room)
{
	storm(16, true);
}
