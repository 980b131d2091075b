// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* stress_writer.c - see verify/spans/stress_writer.h. */
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "host/random.h"
#include "verify/core/watch.h"
#include "verify/spans/stress_writer.h"

#define SIGNAL_EVERY_NS 50000

static __thread struct stress_writer *volatile me;

static lk_u64 *bucket_of(const struct stress *s, unsigned int key, bool second, unsigned int cpu)
{
	return spans_bucket(&s->table, spans_code_bucket(s->code, s->table.buckets, s->hashes[key],
							 second, cpu));
}

lk_u64 spans_stress_put(struct stress *s, struct stress_tally *tally, unsigned int key,
			unsigned int cpu)
{
	lk_u64 value[SPANS_MAX_VALUE_WORDS], number = order_fetch_add_relaxed(&s->numbered, 1) + 1;
	int result;

	if (number >= STRESS_STARTS)
		return 0;
	span_make(value, s->table.value_words, s->keys[key], number);
	result = s->size->start(bucket_of(s, key, false, cpu), bucket_of(s, key, true, cpu),
				s->keys[key], value, s->hashes[key]);
	tally->put++;
	tally->full += result < 0;
	tally->restarted += result == 1;
	return result < 0 ? 0 : number;
}

int spans_stress_take(struct stress *s, struct stress_tally *tally, unsigned int key,
		      unsigned int cpu, lk_u64 *start)
{
	lk_u64 value[SPANS_MAX_VALUE_WORDS];
	int n = s->size->end(bucket_of(s, key, false, cpu), bucket_of(s, key, true, cpu),
			     s->keys[key], value, s->hashes[key]);

	*start = 0;
	tally->ended += n > 0;
	tally->restarted += n > 1 ? (lk_u64)n - 1 : 0;
	tally->unpaired += n == 0;
	if (!n)
		return 0;
	if (!span_is_whole(value, s->table.value_words, s->keys[key]) || !value[0] ||
	    value[0] >= STRESS_STARTS) {
		tally->torn++;
		return n;
	}
	*start = value[0];
	order_fetch_add_relaxed(&s->taken[value[0]], 1);
	return n;
}

/* -- one operation ----------------------------------------------------------------------------- */

static void start_or_end(struct stress_writer *w, struct stress_tally *tally, unsigned int key,
			 bool starts)
{
	lk_u64 start;

	if (starts)
		spans_stress_put(w->stress, tally, key, w->number);
	else
		spans_stress_take(w->stress, tally, key, w->number, &start);
}

static void shared(struct stress_writer *w)
{
	unsigned int key = (unsigned int)random_below(&w->random, STRESS_SHARED);

	*(volatile unsigned int *)&w->key = key;
	start_or_end(w, &w->own, key, random_below(&w->random, 2));
	*(volatile unsigned int *)&w->key = STRESS_KEYS;
}

/* Start or end a key that nobody else does: what was put is there. */
static void own(struct stress_writer *w)
{
	unsigned int key = STRESS_OWN + w->number;
	lk_u64 start;
	int n;

	if (!w->own_start) {
		w->own_start = spans_stress_put(w->stress, &w->own, key, w->number);
		return;
	}
	n = spans_stress_take(w->stress, &w->own, key, w->number, &start);
	w->own.lost += n == 0;
	w->own.wrong += n > 1 || (start && start != w->own_start);
	w->own_start = 0;
}

/* The first writer puts a start and tells the second one, which finds it. */
static void hand_over(struct stress_writer *w)
{
	struct stress *s = w->stress;
	/* ORDER: acquire, with the releases below: what the other one did is done. */
	lk_u64 handed = order_load_acquire(&s->handed), start;
	int n;

	if (!w->number && !handed) {
		start = spans_stress_put(s, &w->own, STRESS_HANDED, w->number);
		order_store_release(&s->handed, start);
	} else if (w->number && handed) {
		n = spans_stress_take(s, &w->own, STRESS_HANDED, w->number, &start);
		w->own.lost += n == 0;
		w->own.wrong += n > 1 || (start && start != handed);
		order_store_release(&s->handed, 0);
	}
}

static void do_all(struct stress_writer *w)
{
	for (unsigned int i = 0; i < STRESS_OPERATIONS; i++) {
		if (i % 16 == 7)
			own(w);
		else if (i % 16 == 15)
			hand_over(w);
		else
			shared(w);
	}
}

/* Wherever this thread is: the key that it is at, or another one. */
static void on_signal(int number)
{
	struct stress_writer *w = me;

	(void)number;
	if (!w || w->key >= STRESS_SHARED)
		return;
	w->signals++;
	start_or_end(w, &w->nested, w->key, w->signals % 2);
	if (w->signals % 3 == 0)
		start_or_end(w, &w->nested, w->key, w->signals % 4 < 2);
	if (w->signals % 5 == 0)
		start_or_end(w, &w->nested, (unsigned int)(w->signals % STRESS_SHARED), true);
}

/* -- the thread -------------------------------------------------------------------------------- */

void spans_stress_writers_wait(const struct stress *s)
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
		spans_stress_writers_wait(s);
		do_all(w);
		order_fetch_add_release(&s->ended, 1);
	}
	if (has_timer)
		timer_delete(timer);
	return NULL;
}

void spans_stress_writer_open(void)
{
	const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigaction(SIGUSR1, &action, NULL);
}

void spans_stress_writer_start(struct stress_writer *w, struct stress *s, unsigned int number)
{
	*w = (struct stress_writer){
		.stress = s,
		.number = number,
		.key = STRESS_KEYS,
		.random = (s->seed + 1) * 0x9e3779b97f4a7c15ULL + number,
	};
	w->thread = verify_thread(work, w);
}
