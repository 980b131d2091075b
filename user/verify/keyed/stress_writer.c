// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* stress_writer.c - see verify/keyed/stress_writer.h. */
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "host/random.h"
#include "verify/core/watch.h"
#include "verify/keyed/stress_writer.h"

/* Counts of each writer, in one table. */
#define COUNTS (2 * STRESS_KEYS)
#define SIGNAL_EVERY_NS 50000

static __thread struct stress_writer *volatile me;

static void count_in(struct stress *s, struct stress_tally *tally, unsigned int number)
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

static void count(struct stress_writer *w, unsigned int number)
{
	*(volatile unsigned int *)&w->key = number;
	count_in(w->stress, &w->own, number);
	*(volatile unsigned int *)&w->key = STRESS_KEYS;
}

/* Is the key of each place that is ready one of ours? */
static bool bucket_is_whole(const struct stress *s, unsigned int bucket)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS];
	bool whole = true;

	for (unsigned int place = 0; place < KEYED_WAYS; place++)
		if (keyed_key(&s->table, bucket * KEYED_WAYS + place, key))
			whole &= key_is_whole(key, s->table.key_words) &&
				 key_number(key) < STRESS_KEYS &&
				 key[0] == s->keys[key_number(key)][0];
	return whole;
}

/* Wherever this thread is. */
static void on_signal(int number)
{
	struct stress_writer *w = me;
	const struct stress *s;
	lk_u64 hash;

	(void)number;
	if (!w || w->key == STRESS_KEYS)
		return;
	s = w->stress;
	hash = keyed_hash(s->keys[w->key], s->table.key_words, s->table.seed);
	w->signals++;
	w->bad += !bucket_is_whole(s, keyed_first(hash, s->table.buckets));
	w->bad += !bucket_is_whole(s, keyed_second(hash, s->table.buckets));
	count_in(w->stress, &w->nested, w->key);
}

/* All keys in order, with the others, so that they meet; then at random. */
static void count_all(struct stress_writer *w)
{
	for (unsigned int i = 0; i < STRESS_KEYS; i++)
		count(w, i);
	for (unsigned int i = STRESS_KEYS; i < COUNTS; i++)
		count(w, (unsigned int)random_below(&w->random, STRESS_KEYS));
}

void stress_writers_wait(const struct stress *s)
{
	for (unsigned int i = 1; order_load_relaxed(&s->ready) < STRESS_WRITERS; i++)
		if (i % 4096 == 0)
			sched_yield();
}

/* Signals to this thread; one that does not run gets one when it does. Returns false without. */
static bool signals_begin(timer_t *timer)
{
	const struct itimerspec every = {{0, SIGNAL_EVERY_NS}, {0, SIGNAL_EVERY_NS}};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};

	event._sigev_un._tid = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, timer))
		return false;
	timer_settime(*timer, 0, &every, NULL);
	return true;
}

static void *work(void *arg)
{
	struct stress_writer *w = arg;
	struct stress *s = w->stress;
	timer_t timer;
	bool has_timer = signals_begin(&timer);

	me = w;
	for (;;) {
		pthread_barrier_wait(&s->begins);
		if (order_load_relaxed(&s->stop))
			break;
		order_fetch_add_release(&s->ready, 1);
		stress_writers_wait(s);
		count_all(w);
		order_fetch_add_release(&s->ended, 1);
	}
	if (has_timer)
		timer_delete(timer);
	return NULL;
}

/* -- starting it ------------------------------------------------------------------------------- */

void stress_writer_open(void)
{
	const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigaction(SIGUSR1, &action, NULL);
}

void stress_writer_start(struct stress_writer *w, struct stress *s, unsigned int number)
{
	*w = (struct stress_writer){
		.stress = s,
		.key = STRESS_KEYS,
		.random = (s->seed + 1) * 0x9e3779b97f4a7c15ULL + number,
	};
	w->thread = verify_thread(work, w);
}
