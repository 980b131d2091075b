// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * stale.c - after all writers have stopped, is the last value that one of them tried to
 * write the one that is read? A latch that refuses while it is busy may refuse the last one: then
 * what is read stays old for good. That is its promise, and is counted; a latch that never refuses
 * must not lose it.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/latch/set.h"
#include "verify/latch/history.h"
#include "host/cpus.h"

#define WORDS 8
#define TRIALS 4000
#define WRITES_MOST 8
/* A bank has 4 ways: no more writers than it never refuses. */
#define WRITERS_MOST 4

/* Threads that meet before and after each trial. */
struct stale {
	struct history history;
	lk_u64 seed;
	unsigned int writers;
	pthread_barrier_t barrier;
	unsigned int ready; /* writers that stand at the line, of all trials */
	bool over;
};

struct writer {
	struct stale *stale;
	unsigned int number;
	pthread_t thread;
};

/* Different in each trial and for each writer, between 1 and WRITES_MOST. */
static unsigned int writes_in(const struct stale *s, unsigned int writer)
{
	lk_u64 x = (s->seed << 32 | s->history.of[writer].begun) * 0x9e3779b97f4a7c15ULL + writer;

	return 1 + (unsigned int)(x >> 40) % WRITES_MOST;
}

/* Off together: waking up takes longer than many writes. */
static void line_up(struct stale *s, unsigned int trial)
{
	/* Relaxed: what counts is when, not what is seen. */
	__atomic_fetch_add(&s->ready, 1, __ATOMIC_RELAXED);
	for (unsigned int spins = 0;
	     __atomic_load_n(&s->ready, __ATOMIC_RELAXED) < trial * s->writers; spins++)
		if (spins % 4096 == 4095)
			sched_yield();
}

static void *write_trials(void *arg)
{
	struct writer *w = arg;
	struct stale *s = w->stale;

	cpu_pin(cpu_at(w->number, true));
	for (unsigned int trial = 1;; trial++) {
		pthread_barrier_wait(&s->barrier);
		if (s->over)
			return NULL;
		line_up(s, trial);
		for (unsigned int n = writes_in(s, w->number); n; n--)
			history_write(&s->history, w->number);
		pthread_barrier_wait(&s->barrier);
	}
}

static void judge(struct verify_verdict *v, struct stale *s, struct history_reader *r)
{
	struct history *h = &s->history;
	enum verify_kind kind = history_end(h, r);
	bool lost = history_last_refused(h);
	char context[64];

	verify_alive();
	verify_count(v, "trials", 1);
	verify_count(v, "lost", lost);
	snprintf(context, sizeof(context), "%u writers, all stopped", s->writers);
	if (kind)
		history_fail(h, v, kind, context, r->said);
	else if (lost && !latch_may_be_busy(latch_of(v)))
		history_fail(h, v, VERIFY_REFUSED, context, "the last write was refused");
}

static void trials(const struct verify_options *options, struct verify_verdict *v, struct stale *s)
{
	struct history_reader r = {0};

	verify_part(options, 0, 2);
	for (lk_u64 i = 0; options->seconds > 0 ? !verify_part_is_over() : i < TRIALS; i++) {
		pthread_barrier_wait(&s->barrier);
		pthread_barrier_wait(&s->barrier);
		judge(v, s, &r);
		if (!verify_goes_on(v))
			break;
	}
}

static void run(const struct verify_options *options, struct verify_verdict *v, bool accumulate)
{
	struct stale s = {.seed = options->seed, .writers = cpus_count()};
	struct writer writers[WRITERS_MOST];

	if (s.writers < 2)
		s.writers = 2;
	if (s.writers > WRITERS_MOST)
		s.writers = WRITERS_MOST;
	if (!history_start(&s.history, v, accumulate, WORDS, s.writers))
		return;
	pthread_barrier_init(&s.barrier, NULL, s.writers + 1);
	for (unsigned int i = 0; i < s.writers; i++) {
		writers[i] = (struct writer){.stale = &s, .number = i};
		writers[i].thread = verify_thread(write_trials, &writers[i]);
	}
	trials(options, v, &s);
	s.over = true;
	pthread_barrier_wait(&s.barrier);
	for (unsigned int i = 0; i < s.writers; i++)
		pthread_join(writers[i].thread, NULL);
	history_count(&s.history, v);
	history_free(&s.history);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	lk_u64 done;
	char share[16];

	for (int accumulate = 0; accumulate < 2 && verify_goes_on(v); accumulate++)
		run(options, v, accumulate);
	/* Writers that never met had nothing to lose. */
	if (!v->kinds && v->outcome != VERIFY_SKIP && latch_may_be_busy(latch_of(v)) &&
	    !verify_counted(v, "refused"))
		verify_fail(v, VERIFY_IDLE, NULL, "no two writes met: nothing was refused");
	done = verify_counted(v, "trials");
	if (done) {
		snprintf(share, sizeof(share), "%.1f %%",
			 100.0 * (double)verify_counted(v, "lost") / (double)done);
		verify_found(v, "last lost", share);
	}
}

/* A latch without protection may hold anything in the end. */
static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	const struct latch_variant *v = subject->self;
	unsigned int anything =
		VERIFY_BIT(VERIFY_TORN) | VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_LOST);

	return (struct verify_expected_failures){0, strcmp(v->refuses, "never") ? 0 : anything};
}

const struct verify_check verify_latch_stale = {
	"stale",   "when all writers have stopped, the last value is there, or was refused",
	"trials",  expects,
	run_check, {"trials"}};
