// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * stress.c - threads count the same keys in one table, which has room for all of them or not, while
 * another reads it. Signals interrupt them anywhere: the handler looks at the buckets of the key
 * that is being counted, and counts it, too. A key is claimed only once, so tables are short-lived:
 * after some thousand counts all writers have ended, every sum must be exact, and a new table
 * begins.
 *
 * What the reader must see: a place that is ready has its key, whole; a key is met once in a walk;
 * the record of a cell is whole, and of that key; the sum of a key's cells does not fall.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/random.h"
#include "verify/core/watch.h"
#include "verify/keyed/code.h"
#include "verify/keyed/set.h"

/* Seconds of all runs of a table, unless told. */
#define SECONDS 2.0
#define KEYS 2400
#define ROOMY 512
#define TIGHT 128
/* Counts of each writer, in one table. */
#define COUNTS (2 * KEYS)
/* The latch lets in twice as many at once: each may be interrupted. */
#define WRITERS 2
_Static_assert(2 * WRITERS <= LATCH_BANK_WAYS, "no record refuses a write");
/* Looks at all places for each walk. */
#define LOOKS 4
#define SIGNAL_EVERY_NS 50000
#define TRIES 1000000

struct stress {
	struct verify_verdict *verdict;
	const struct keyed_size *size;
	struct keyed_table table;
	lk_u64 seed, round;
	lk_u64 (*keys)[KEYED_MAX_KEY_WORDS];
	lk_u64 ready, ended; /* writers that are about to begin, and through with this table */
	lk_u64 stop;
	pthread_barrier_t begins;
	/* The reader's: */
	lk_u64 seen[KEYS]; /* the sums, when they were read last */
	lk_u64 met[KEYS]; /* the walk in which the key was met last */
	lk_u64 walks;
	enum verify_kind kind; /* the first thing that went wrong */
	char said[160];
};

/* What one who counts has done: a thread, or its signal handler. */
struct tally {
	lk_u64 counted[KEYS], refused[KEYS], made, busy;
};

struct writer {
	struct stress *stress;
	pthread_t thread;
	uint64_t random;
	unsigned int key; /* which is being counted; KEYS: none */
	struct tally own, nested;
	lk_u64 signals, bad; /* keys that are not whole, seen by the handler */
};

static __thread struct writer *volatile me;

static __attribute__((format(printf, 3, 4))) void fault(struct stress *s, enum verify_kind kind,
							const char *format, ...)
{
	va_list args;

	if (s->kind && !(verify_expects(s->verdict, s->kind) && !verify_expects(s->verdict, kind)))
		return;
	s->kind = kind;
	va_start(args, format);
	vsnprintf(s->said, sizeof(s->said), format, args);
	va_end(args);
}

/* -- writers ----------------------------------------------------------------------------------- */

static void count_in(struct stress *s, struct tally *tally, unsigned int number)
{
	const lk_u64 *key = s->keys[number];
	lk_u64 hash = keyed_hash(key, s->table.key_words, s->table.seed), *latch;
	int made;

	latch = s->size->find(keyed_bucket(&s->table, keyed_first(hash, s->table.buckets)),
			      keyed_bucket(&s->table, keyed_second(hash, s->table.buckets)), key,
			      hash, &made);
	if (!latch)
		tally->refused[number]++;
	else if (latch_accumulate(latch, KEYED_RECORD, key_apply, &key[0]))
		tally->busy++;
	else
		tally->counted[number]++;
	tally->made += latch && made;
}

static void count(struct writer *w, unsigned int number)
{
	*(volatile unsigned int *)&w->key = number;
	count_in(w->stress, &w->own, number);
	*(volatile unsigned int *)&w->key = KEYS;
}

/* Is the key of each place that is ready one of ours? */
static bool bucket_is_whole(const struct stress *s, unsigned int bucket)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS];
	bool whole = true;

	for (unsigned int place = 0; place < KEYED_WAYS; place++)
		if (keyed_key(&s->table, bucket * KEYED_WAYS + place, key))
			whole &= key_is_whole(key, s->table.key_words) && key_number(key) < KEYS &&
				 key[0] == s->keys[key_number(key)][0];
	return whole;
}

/* Wherever this thread is. */
static void on_signal(int number)
{
	struct writer *w = me;
	const struct stress *s;
	lk_u64 hash;

	(void)number;
	if (!w || w->key == KEYS)
		return;
	s = w->stress;
	hash = keyed_hash(s->keys[w->key], s->table.key_words, s->table.seed);
	w->signals++;
	w->bad += !bucket_is_whole(s, keyed_first(hash, s->table.buckets));
	w->bad += !bucket_is_whole(s, keyed_second(hash, s->table.buckets));
	count_in(w->stress, &w->nested, w->key);
}

/* All keys in order, with the others, so that they meet; then at random. */
static void count_all(struct writer *w)
{
	for (unsigned int i = 0; i < KEYS; i++)
		count(w, i);
	for (unsigned int i = KEYS; i < COUNTS; i++)
		count(w, (unsigned int)random_below(&w->random, KEYS));
}

/* The barrier wakes them up one after the other; they are to meet. */
static void wait_for_writers(const struct stress *s)
{
	for (unsigned int i = 1; order_load_relaxed(&s->ready) < WRITERS; i++)
		if (i % 4096 == 0)
			sched_yield();
}

/* Signals to this thread; a thread that does not run gets one when it does. */
static timer_t signals_begin(void)
{
	const struct itimerspec every = {{0, SIGNAL_EVERY_NS}, {0, SIGNAL_EVERY_NS}};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
	timer_t timer;

	event._sigev_un._tid = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		return NULL;
	timer_settime(timer, 0, &every, NULL);
	return timer;
}

static void *work(void *arg)
{
	struct writer *w = arg;
	struct stress *s = w->stress;
	timer_t timer = signals_begin();

	me = w;
	for (;;) {
		pthread_barrier_wait(&s->begins);
		if (order_load_relaxed(&s->stop))
			break;
		order_fetch_add_release(&s->ready, 1);
		wait_for_writers(s);
		count_all(w);
		order_fetch_add_release(&s->ended, 1);
	}
	if (timer)
		timer_delete(timer);
	return NULL;
}

/* -- the reader -------------------------------------------------------------------------------- */

/* Which key is it? Returns KEYS if it is nobody's. */
static unsigned int number_of(struct stress *s, const lk_u64 *key)
{
	unsigned int number = key_number(key), words = s->table.key_words;

	if (!key_is_whole(key, words))
		fault(s, VERIFY_TORN, "a place is ready: key %#llx ... %#llx, of several", key[0],
		      key[words - 1]);
	else if (number >= KEYS || key[0] != s->keys[number][0])
		fault(s, VERIFY_WRONG, "a place is ready with key %#llx, which nobody has", key[0]);
	else
		return number;
	return KEYS;
}

static void look_at_places(struct stress *s)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS], ready = 0, bad = 0;

	for (unsigned int at = 0; at < keyed_places(&s->table); at++) {
		if (!keyed_key(&s->table, at, key))
			continue;
		ready++;
		bad += number_of(s, key) == KEYS;
	}
	verify_count(s->verdict, "keys", ready);
	verify_count(s->verdict, "torn", bad);
}

/* Returns the cells that were read. */
static unsigned int read_key(struct stress *s, unsigned int at, const lk_u64 *key)
{
	unsigned int number = number_of(s, key), cells;
	lk_u64 sum;

	if (number == KEYS)
		return 0;
	if (s->met[number] == s->walks)
		fault(s, VERIFY_TWICE, "key %u is met twice in one walk", number);
	s->met[number] = s->walks;
	cells = key_read(&s->table, key, at, TRIES, &sum);
	if (!cells) {
		fault(s, VERIFY_TORN,
		      "a record of key %u is not whole, or was not read in %d tries", number,
		      TRIES);
		verify_count(s->verdict, "torn", 1);
	}
	if (cells && sum < s->seen[number])
		fault(s, VERIFY_LOST, "the sum of key %u fell from %llu to %llu", number,
		      s->seen[number], sum);
	if (cells)
		s->seen[number] = sum;
	return cells;
}

static void walk(struct stress *s)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS], cells = 0;

	s->walks++;
	for (unsigned int at = keyed_next(&s->table, 0, key); at < keyed_places(&s->table);
	     at = keyed_next(&s->table, at + 1, key))
		cells += read_key(s, at, key);
	verify_count(s->verdict, "reads", cells);
	verify_count(s->verdict, "walks", 1);
}

/* -- one table -------------------------------------------------------------------------------- */

static size_t table_bytes(const struct keyed_table *t)
{
	return (size_t)t->buckets * keyed_bucket_words(t->key_words, t->latch_words) * 8;
}

/*
 * When all writers have ended: what a key has counted, and that it was refused only for want of
 * room.
 */
static void judge_key(struct stress *s, const struct writer *writers, unsigned int number)
{
	const lk_u64 *key = s->keys[number];
	unsigned int at = keyed_twin(&s->table, key, 0), cells = 0;
	lk_u64 counted = 0, refused = 0, sum = 0, hash;

	for (unsigned int i = 0; i < WRITERS; i++) {
		counted += writers[i].own.counted[number] + writers[i].nested.counted[number];
		refused += writers[i].own.refused[number] + writers[i].nested.refused[number];
	}
	if (at < keyed_places(&s->table))
		cells = key_read(&s->table, key, at, TRIES, &sum);
	if (sum != counted)
		fault(s, VERIFY_LOST, "at the end key %u has %llu, and %llu were counted", number,
		      sum, counted);
	verify_count(s->verdict, "twins", cells > 1 ? cells - 1 : 0);
	verify_count(s->verdict, "counted", counted);
	verify_count(s->verdict, "refused", refused);
	hash = keyed_hash(key, s->table.key_words, s->table.seed);
	for (unsigned int i = 0; refused && i < 2; i++)
		for (unsigned int place = 0; place < KEYED_WAYS; place++)
			if (!keyed_bucket(&s->table,
					  i ? keyed_second(hash, s->table.buckets)
					    : keyed_first(hash, s->table.buckets))[place])
				fault(s, VERIFY_REFUSED, "key %u found no room, though there is",
				      number);
}

static void begin_table(struct stress *s, struct writer *writers)
{
	memset(s->table.words, 0, table_bytes(&s->table));
	memset(s->seen, 0, sizeof(s->seen));
	s->table.seed = keyed_mix(s->seed, ++s->round);
	for (unsigned int i = 0; i < KEYS; i++)
		key_make(s->keys[i], s->table.key_words, i, s->table.seed);
	for (unsigned int i = 0; i < WRITERS; i++) {
		memset(&writers[i].own, 0, sizeof(writers[i].own));
		memset(&writers[i].nested, 0, sizeof(writers[i].nested));
	}
	order_store_relaxed(&s->ready, 0);
	order_store_relaxed(&s->ended, 0); /* the barrier orders it */
}

static void end_table(struct stress *s, const struct writer *writers)
{
	for (unsigned int i = 0; i < KEYS; i++)
		judge_key(s, writers, i);
	for (unsigned int i = 0; i < WRITERS; i++) {
		if (writers[i].own.busy + writers[i].nested.busy)
			fault(s, VERIFY_REFUSED, "%llu writes of records were refused",
			      writers[i].own.busy + writers[i].nested.busy);
		verify_count(s->verdict, "made", writers[i].own.made + writers[i].nested.made);
	}
	verify_count(s->verdict, "tables", 1);
}

static void run_table(struct stress *s, struct writer *writers)
{
	begin_table(s, writers);
	pthread_barrier_wait(&s->begins);
	wait_for_writers(s);
	/*
	 * ORDER: acquire, so that what ended writers counted is read; with the release in work().
	 */
	while (order_load_acquire(&s->ended) < WRITERS) {
		for (int i = 0; i < LOOKS; i++)
			look_at_places(s);
		walk(s);
	}
	end_table(s, writers);
	verify_alive();
}

/* -- all of it -------------------------------------------------------------------------------- */

static void report(struct stress *s, struct writer *writers)
{
	struct verify_failure f = {.words = s->table.key_words};

	for (unsigned int i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		verify_count(s->verdict, "signals", writers[i].signals);
		verify_count(s->verdict, "torn", writers[i].bad);
		if (writers[i].bad)
			fault(s, VERIFY_TORN,
			      "a signal handler saw a place ready %llu times "
			      "without its key",
			      writers[i].bad);
	}
	if (!s->kind)
		return;
	snprintf(f.workload, sizeof(f.workload), "%s",
		 s->table.buckets == TIGHT ? "tight" : "roomy");
	snprintf(f.context, sizeof(f.context), "%d threads count and one reads", WRITERS);
	verify_fail(s->verdict, s->kind, &f, "%s", s->said);
}

static void start(struct stress *s, struct writer *writers)
{
	pthread_barrier_init(&s->begins, NULL, WRITERS + 1);
	for (unsigned int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){
			.stress = s,
			.key = KEYS,
			.random = (s->seed + 1) * 0x9e3779b97f4a7c15ULL + i,
		};
		writers[i].thread = verify_thread(work, &writers[i]);
	}
}

static void run(const struct verify_options *options, struct verify_verdict *v,
		const struct keyed_size *size, unsigned int buckets)
{
	static struct writer writers[WRITERS];
	static lk_u64 keys[KEYS][KEYED_MAX_KEY_WORDS];
	static struct stress s;

	s = (struct stress){.verdict = v,
			    .size = size,
			    .seed = options->seed,
			    .keys = keys,
			    .table = {.buckets = buckets,
				      .key_words = size->key_words,
				      .latch_words = KEYED_LATCH}};
	s.table.words = aligned_alloc(64, table_bytes(&s.table));
	if (!s.table.words) {
		verify_skip(v, "no memory for a table");
		return;
	}
	start(&s, writers);
	verify_part(options, SECONDS, 4);
	do
		run_table(&s, writers);
	while (!verify_part_is_over() && !(s.kind && v->subject->holds));
	order_store_relaxed(&s.stop, 1);
	pthread_barrier_wait(&s.begins);
	report(&s, writers);
	pthread_barrier_destroy(&s.begins);
	free(s.table.words);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	static const unsigned int buckets[] = {ROOMY, TIGHT};
	const struct keyed_code *code = v->subject->self;
	const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigaction(SIGUSR1, &action, NULL);
	/* Keys of one word, and the longest. */
	for (size_t i = 0; i < code->sizes_count; i += code->sizes_count - 1)
		for (int b = 0; b < 2 && verify_goes_on(v); b++)
			run(options, v, &code->sizes[i], buckets[b]);
	if (verify_goes_on(v) && (!verify_counted(v, "refused") || !verify_counted(v, "keys")))
		verify_fail(v, VERIFY_IDLE, NULL, "nothing was read or refused: too little");
}

const struct verify_check verify_keyed_stress = {
	"stress",
	"threads that count and claim the same keys lose nothing, and who reads sees whole",
	"reads",
	keyed_expects,
	run_check,
	{"reads", "torn", "keys", "walks", "tables", "counted", "refused", "made", "twins",
	 "signals"}};
