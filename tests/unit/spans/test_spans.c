// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_spans.c - latchkit/spans.h: a start is taken once, whole, by an end of its key, or replaced,
 * or there; what is full, unpaired or twice is told, and all adds up, among threads, too.
 */
#include "tests/test.h"

#include <latchkit/spans.h>

static struct spans_table make(unsigned int buckets, unsigned int key_words,
			       unsigned int value_words)
{
	struct spans_table t = {
		.buckets = buckets, .key_words = key_words, .value_words = value_words, .seed = 42};
	size_t bytes = (size_t)buckets * spans_bucket_words(key_words, value_words) * 8;

	t.words = aligned_alloc(64, bytes);
	assert_non_null(t.words);
	memset(t.words, 0, bytes);
	return t;
}

static int start(const struct spans_table *t, const lk_u64 *key, const lk_u64 *value)
{
	lk_u64 hash = keyed_hash(key, t->key_words, t->seed);

	return spans_start(spans_bucket(t, keyed_first(hash, t->buckets)),
			   spans_bucket(t, keyed_second(hash, t->buckets)), key, t->key_words,
			   value, t->value_words, hash);
}

static int end(const struct spans_table *t, const lk_u64 *key, lk_u64 *value)
{
	lk_u64 hash = keyed_hash(key, t->key_words, t->seed);

	return spans_end(spans_bucket(t, keyed_first(hash, t->buckets)),
			 spans_bucket(t, keyed_second(hash, t->buckets)), key, t->key_words, value,
			 t->value_words, hash);
}

/* Starts that a reader meets. */
static unsigned int open_spans(const struct spans_table *t)
{
	lk_u64 key[SPANS_MAX_KEY_WORDS], value[SPANS_MAX_VALUE_WORDS];
	unsigned int n = 0;

	for (unsigned int at = spans_next(t, 0, key, value); at < spans_places(t);
	     at = spans_next(t, at + 1, key, value))
		n++;
	return n;
}

TEST(test_taken_once)
{
	struct spans_table t = make(4, 1, 1);
	lk_u64 a = 0, b = 1, value = 77, time;

	assert_int_equal(end(&t, &a, &value), 0);
	assert_int_equal(value, 77);
	time = 100;
	assert_int_equal(start(&t, &a, &time), 0);
	time = 200;
	assert_int_equal(start(&t, &b, &time), 0);
	assert_int_equal(end(&t, &a, &value), 1);
	assert_int_equal(value, 100);
	assert_int_equal(end(&t, &a, &value), 0);
	assert_int_equal(end(&t, &b, &value), 1);
	assert_int_equal(value, 200);
	assert_int_equal(open_spans(&t), 0);
	free(t.words);
}

/* Keys and values of all sizes lie beside each other: each keeps what it was given. */
TEST(test_shapes)
{
	for (unsigned int words = 1; words <= SPANS_MAX_KEY_WORDS; words++)
		for (unsigned int values = 1; values <= SPANS_MAX_VALUE_WORDS; values += 5) {
			struct spans_table t = make(8, words, values);
			lk_u64 key[SPANS_MAX_KEY_WORDS], value[SPANS_MAX_VALUE_WORDS];

			for (lk_u64 i = 0; i < 20; i++) {
				for (unsigned int w = 0; w < words; w++)
					key[w] = i * 100 + w;
				for (unsigned int w = 0; w < values; w++)
					value[w] = i * 1000 + w;
				assert_int_equal(start(&t, key, value), 0);
			}
			assert_int_equal(open_spans(&t), 20);
			for (lk_u64 i = 0; i < 20; i++) {
				for (unsigned int w = 0; w < words; w++)
					key[w] = i * 100 + w;
				assert_int_equal(end(&t, key, value), 1);
				for (unsigned int w = 0; w < values; w++)
					assert_int_equal(value[w], i * 1000 + w);
			}
			free(t.words);
		}
}

/* Keys that differ in one word only are different keys. */
TEST(test_each_word_counts)
{
	struct spans_table t = make(16, 8, 1);
	lk_u64 zero[8] = {0}, key[8], value = 1;

	assert_int_equal(start(&t, zero, &value), 0);
	for (int w = 0; w < 8; w++)
		for (int bit = 0; bit < 64; bit += 63) {
			memset(key, 0, sizeof(key));
			key[w] = 1ULL << bit;
			assert_int_equal(end(&t, key, &value), 0);
			assert_int_equal(start(&t, key, &value), 0);
		}
	assert_int_equal(open_spans(&t), 17);
	free(t.words);
}

/* Whatever the reader meets is what was put, each once. */
TEST(test_walk)
{
	struct spans_table t = make(16, 2, 3);
	lk_u64 key[2], value[3], met = 0;

	for (lk_u64 i = 0; i < 40; i++)
		assert_int_equal(start(&t, (lk_u64[]){i, ~i}, (lk_u64[]){1000 + i, i, i * i}), 0);
	for (lk_u64 i = 0; i < 40; i += 2)
		assert_int_equal(end(&t, (lk_u64[]){i, ~i}, value), 1);
	for (unsigned int at = spans_next(&t, 0, key, value); at < spans_places(&t);
	     at = spans_next(&t, at + 1, key, value)) {
		lk_u64 i = key[0];

		assert_int_equal(key[1], ~i);
		assert_int_equal(value[0], 1000 + i);
		assert_int_equal(value[1], i);
		assert_int_equal(value[2], i * i);
		assert_false(met & 1ULL << i);
		met |= 1ULL << i;
	}
	assert_int_equal(met, 0xaaaaaaaaaaULL);
	free(t.words);
}

TEST(test_restarted)
{
	struct spans_table t = make(4, 1, 2);
	lk_u64 key = 7, value[2];

	assert_int_equal(start(&t, &key, (lk_u64[]){100, 1}), 0);
	assert_int_equal(start(&t, &key, (lk_u64[]){200, 2}), 1);
	assert_int_equal(open_spans(&t), 1);
	assert_int_equal(start(&t, &key, (lk_u64[]){300, 3}), 1);
	assert_int_equal(end(&t, &key, value), 1);
	assert_int_equal(value[0], 300);
	assert_int_equal(value[1], 3);
	assert_int_equal(end(&t, &key, value), 0);
	free(t.words);
}

/* Two buckets hold two times SPANS_WAYS starts; the next one is refused, a restart is not. */
TEST(test_full)
{
	struct spans_table t = make(2, 1, 1);
	lk_u64 key, value = 5;

	for (key = 0; key < 2 * SPANS_WAYS; key++)
		assert_int_equal(start(&t, &key, &key), 0);
	for (; key < 100; key++)
		assert_int_equal(start(&t, &key, &key), -SPANS_ENOSPC);
	key = 3;
	assert_int_equal(start(&t, &key, &value), 1);
	for (key = 0; key < 2 * SPANS_WAYS; key++) {
		assert_int_equal(end(&t, &key, &value), 1);
		assert_int_equal(value, key == 3 ? 5 : key);
	}
	key = 99;
	assert_int_equal(start(&t, &key, &key), 0);
	free(t.words);
}

/* Starts go to the emptier bucket of the two. */
TEST(test_emptier_bucket)
{
	struct spans_table t = make(2, 1, 1);
	unsigned int in_first = 0;

	for (lk_u64 key = 0; key < SPANS_WAYS; key++)
		assert_int_equal(start(&t, &key, &key), 0);
	for (unsigned int i = 0; i < SPANS_WAYS; i++)
		in_first += (t.words[i] & SPANS_STATE) != 0;
	assert_int_equal(in_first, SPANS_WAYS / 2);
	free(t.words);
}

/* Two keys of one hash, as happens once in a while: the keys tell them apart. */
TEST(test_same_hash)
{
	struct spans_table t = make(4, 2, 1);
	lk_u64 a[2] = {1, 2}, b[2] = {1, 3}, hash = keyed_hash(a, 2, t.seed), value = 10;
	lk_u64 *first = spans_bucket(&t, keyed_first(hash, 4));
	lk_u64 *second = spans_bucket(&t, keyed_second(hash, 4));

	assert_int_equal(spans_start(first, second, a, 2, &value, 1, hash), 0);
	assert_int_equal(spans_end(first, second, b, 2, &value, 1, hash), 0);
	value = 20;
	assert_int_equal(spans_start(first, second, b, 2, &value, 1, hash), 0);
	assert_int_equal(spans_end(first, second, a, 2, &value, 1, hash), 1);
	assert_int_equal(value, 10);
	assert_int_equal(spans_end(first, second, b, 2, &value, 1, hash), 1);
	assert_int_equal(value, 20);
	free(t.words);
}

/* A start of a key, times[i], in place i of its buckets, one after the other. */
static void put_twins(const struct spans_table *t, lk_u64 key, const lk_u64 *times, int n)
{
	lk_u64 hash = keyed_hash(&key, 1, t->seed), tag = spans_tag(hash);
	unsigned int buckets[] = {keyed_first(hash, t->buckets), keyed_second(hash, t->buckets)};

	for (int i = 0; i < n; i++) {
		lk_u64 *bucket = spans_bucket(t, buckets[i % 2]);
		unsigned int place = 0;
		lk_u64 word = spans_own_free(bucket, tag, &place);

		assert_true(word != 0);
		spans_write(bucket, place, &key, 1, times + i, 1, word);
	}
}

/* An end takes all twins, and has the newest, wherever that is. */
TEST(test_twins)
{
	static const lk_u64 orders[][4] = {{10, 20, 30, 40}, {40, 30, 20, 10}, {20, 40, 10, 30}};

	for (int o = 0; o < 3; o++)
		for (int n = 2; n <= 4; n++) {
			struct spans_table t = make(4, 1, 1);
			lk_u64 key = 9, value, newest = 0;

			for (int i = 0; i < n; i++)
				newest = orders[o][i] > newest ? orders[o][i] : newest;
			put_twins(&t, key, orders[o], n);
			assert_int_equal(open_spans(&t), n);
			assert_int_equal(end(&t, &key, &value), n);
			assert_int_equal(value, newest);
			assert_int_equal(open_spans(&t), 0);
			for (unsigned int at = 0; at < spans_places(&t); at++)
				assert_false(spans_bucket(&t, at / SPANS_WAYS)[at % SPANS_WAYS] &
					     SPANS_STATE);
			free(t.words);
		}
}

/* Who stopped in a start, or in an end: nobody waits, nobody sees its start; it keeps its place. */
TEST(test_stopped)
{
	struct spans_table t = make(2, 1, 1);
	lk_u64 key = 7, value = 50, hash = keyed_hash(&key, 1, t.seed), *bucket;
	unsigned int place = 0;

	bucket = spans_bucket(&t, keyed_first(hash, 2));
	assert_true(spans_own_free(bucket, spans_tag(hash), &place) != 0);
	assert_int_equal(open_spans(&t), 0);
	assert_int_equal(end(&t, &key, &value), 0);
	assert_int_equal(start(&t, &key, &value), 0);
	assert_int_equal(end(&t, &key, &value), 1);
	for (lk_u64 other = 100; other < 100 + 2 * SPANS_WAYS - 1; other++)
		assert_int_equal(start(&t, &other, &other), 0);
	assert_int_equal(start(&t, &key, &value), -SPANS_ENOSPC);
	assert_int_equal(open_spans(&t), 2 * SPANS_WAYS - 1);
	free(t.words);
}

/* No two starts in a place have the same word, from the first generation to the last and on. */
TEST(test_generations)
{
	struct spans_table t = make(2, 1, 1);
	lk_u64 key = 7, value = 50, words[3], met, *bucket;

	bucket = spans_bucket(&t, keyed_first(keyed_hash(&key, 1, t.seed), 2));
	bucket[0] = ~SPANS_TAG - SPANS_GENERATION; /* one before the last */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(start(&t, &key, &value), 0);
		words[i] = bucket[0];
		assert_int_equal(words[i] & SPANS_STATE, SPANS_READY);
		assert_int_equal(spans_next(&t, 0, &met, &value),
				 keyed_first(keyed_hash(&key, 1, t.seed), 2) * SPANS_WAYS);
		assert_int_equal(met, key);
		assert_int_equal(end(&t, &key, &value), 1);
		assert_int_equal(bucket[0] & SPANS_STATE, 0);
	}
	assert_true(words[0] != words[1] && words[1] != words[2] && words[0] != words[2]);
	assert_int_equal(start(&t, &key, &value), 0);
	words[0] = bucket[0];
	assert_int_equal(start(&t, &key, &value), 1);
	assert_true(bucket[0] != words[0]);
	free(t.words);
}

/* Many keys: each end finds the start of its key. */
TEST(test_many)
{
	struct spans_table t = make(1024, 1, 1);
	lk_u64 value, keys = 5000;

	for (lk_u64 key = 0; key < keys; key++)
		assert_int_equal(start(&t, &key, &key), 0);
	assert_int_equal(open_spans(&t), keys);
	for (lk_u64 key = keys; key--;) {
		assert_int_equal(end(&t, &key, &value), 1);
		assert_int_equal(value, key);
	}
	free(t.words);
}

/* -- threads ----------------------------------------------------------------------------------- */

#define THREADS 4
#define KEYS 60
#define OPERATIONS 100000
#define VALUE_WORDS 3

static struct spans_table shared;
static pthread_barrier_t together;
static lk_u64 numbered, running;
static unsigned char taken[THREADS * OPERATIONS + 1];

struct worker {
	pthread_t thread;
	lk_u64 random;
	lk_u64 put, full, restarted, ended;
	bool wrong;
};

static lk_u64 next_random(struct worker *w)
{
	w->random = w->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return w->random >> 33;
}

static bool is_whole(lk_u64 key, const lk_u64 *value)
{
	return value[0] && value[0] <= order_load_relaxed(&numbered) &&
	       value[1] == value[0] + key && value[2] == value[0] * 3 + key;
}

static void put_one(struct worker *w, lk_u64 key)
{
	lk_u64 n = order_fetch_add_relaxed(&numbered, 1) + 1;
	int result = start(&shared, &key, (lk_u64[]){n, n + key, n * 3 + key});

	w->put++;
	w->restarted += result == 1;
	w->full += result < 0;
}

static void take_one(struct worker *w, lk_u64 key)
{
	lk_u64 value[VALUE_WORDS];
	int n = end(&shared, &key, value);

	if (!n)
		return;
	w->ended++;
	w->restarted += (lk_u64)n - 1;
	if (is_whole(key, value))
		w->wrong |= __atomic_fetch_add(&taken[value[0]], 1, __ATOMIC_RELAXED) != 0;
	else
		w->wrong = true;
}

static void *start_and_end(void *arg)
{
	struct worker *w = arg;

	pthread_barrier_wait(&together);
	for (int i = 0; i < OPERATIONS; i++) {
		lk_u64 key = next_random(w) % KEYS;

		if (next_random(w) % 2)
			put_one(w, key);
		else
			take_one(w, key);
	}
	order_fetch_add_release(&running, -1ULL);
	return NULL;
}

static void read_while_they_work(void)
{
	lk_u64 key, value[VALUE_WORDS];

	while (order_load_acquire(&running))
		for (unsigned int at = spans_next(&shared, 0, &key, value);
		     at < spans_places(&shared); at = spans_next(&shared, at + 1, &key, value)) {
			assert_true(key < KEYS);
			assert_true(is_whole(key, value));
		}
}

static void storm(unsigned int buckets, bool may_refuse)
{
	static struct worker workers[THREADS];
	struct worker all = {0};

	shared = make(buckets, 1, VALUE_WORDS);
	numbered = 0;
	running = THREADS;
	memset(taken, 0, sizeof(taken));
	pthread_barrier_init(&together, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.random = (lk_u64)i << 32};
		assert_int_equal(
			pthread_create(&workers[i].thread, NULL, start_and_end, &workers[i]), 0);
	}
	read_while_they_work();
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		all.put += workers[i].put;
		all.full += workers[i].full;
		all.restarted += workers[i].restarted;
		all.ended += workers[i].ended;
		assert_false(workers[i].wrong);
	}
	assert_int_equal(all.put, all.full + all.restarted + all.ended + open_spans(&shared));
	assert_true(all.ended > 0 && all.restarted > 0);
	assert_true(may_refuse ? all.full > 0 : all.full == 0);
	for (lk_u64 key = 0; key < KEYS; key++)
		take_one(&all, key);
	assert_false(all.wrong);
	assert_int_equal(open_spans(&shared), 0);
	pthread_barrier_destroy(&together);
	free(shared.words);
}

TEST(test_threads)
{
	storm(64, false);
}

TEST(test_threads_without_room)
{
	storm(2, true);
}
