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
#include <stdlib.h>
#include <string.h>

#include "verify/core/verdict.h"
#include "verify/core/watch.h"
#include "verify/latch/set.h"
#include "verify/latch/history.h"
#include "host/clock.h"
#include "host/cpus.h"

#define WORDS 8
#define TRIALS 4000
#define WRITES_MOST 8
/* A bank has 4 ways: no more writers than it never refuses. */
#define WRITERS_MOST 4

/* Threads that meet before and after each trial. */
struct stale {
	struct history history;
	lk_u64 *latch;
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
			history_write(&s->history, s->latch, w->number);
		pthread_barrier_wait(&s->barrier);
	}
}

static void fail_with(struct verify_verdict *v, const struct stale *s, enum verify_kind kind,
		      const char *what)
{
	struct verify_failure f = {.words = WORDS};

	snprintf(f.workload, sizeof(f.workload), "%s",
		 s->history.accumulate ? "accumulate" : "publish");
	snprintf(f.context, sizeof(f.context), "%u writers, all stopped", s->writers);
	snprintf(f.read, sizeof(f.read), "%s", what);
	verify_fail(v, kind, &f);
}

static void judge(struct verify_verdict *v, struct stale *s, struct history_reader *r)
{
	enum verify_kind kind = history_end(&s->history, s->latch, r);
	bool lost = history_last_refused(&s->history);

	verify_alive();
	verify_count(v, "trials", 1);
	verify_count(v, "lost", lost);
	if (kind)
		fail_with(v, s, kind, r->said);
	else if (lost && strcmp(latch_of(v)->refuses, "busy") != 0)
		fail_with(v, s, VERIFY_REFUSED, "the last write was refused");
}

static void trials(const struct verify_options *options, struct verify_verdict *v, struct stale *s)
{
	double seconds = options->seconds / 2;
	uint64_t end = clock_now_ns() + (uint64_t)(seconds * 1e9);
	struct history_reader r = {0};

	for (lk_u64 i = 0; seconds > 0 ? clock_now_ns() < end : i < TRIALS; i++) {
		pthread_barrier_wait(&s->barrier);
		pthread_barrier_wait(&s->barrier);
		judge(v, s, &r);
		if (v->kinds && latch_of(v)->nmi_safe)
			break;
	}
}

static void run(const struct verify_options *options, struct verify_verdict *v, bool accumulate)
{
	const struct latch_ops *ops = latch_of(v)->ops;
	size_t words = accumulate ? ops->accumulate_words(WORDS) : ops->publish_words(WORDS);
	struct stale s = {.seed = options->seed, .writers = cpus_count()};
	struct writer writers[WRITERS_MOST];

	if (s.writers < 2)
		s.writers = 2;
	if (s.writers > WRITERS_MOST)
		s.writers = WRITERS_MOST;
	history_start(&s.history, latch_of(v), accumulate, WORDS, s.writers);
	s.latch = aligned_alloc(64, (8 * words + 63) / 64 * 64);
	if (!s.latch || pthread_barrier_init(&s.barrier, NULL, s.writers + 1)) {
		verify_skip(v, "no memory");
		return;
	}
	memset(s.latch, 0, 8 * words);
	for (unsigned int i = 0; i < s.writers; i++) {
		writers[i] = (struct writer){.stale = &s, .number = i};
		if (pthread_create(&writers[i].thread, NULL, write_trials, &writers[i]))
			verify_give_up(VERIFY_IDLE, "no threads");
	}
	trials(options, v, &s);
	s.over = true;
	pthread_barrier_wait(&s.barrier);
	for (unsigned int i = 0; i < s.writers; i++)
		pthread_join(writers[i].thread, NULL);
	verify_count(v, "accepted", history_accepted(&s.history));
	verify_count(v, "refused", history_refused(&s.history));
	free(s.latch);
}

/* Writers that never met had nothing to lose. */
static void require_meetings(struct verify_verdict *v)
{
	struct verify_failure f = {.read = "no two writes met: nothing was refused"};

	if (!v->kinds && v->outcome != VERIFY_SKIP && strcmp(latch_of(v)->refuses, "busy") == 0 &&
	    !verify_counted(v, "refused"))
		verify_fail(v, VERIFY_IDLE, &f);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	char share[16];

	verify_count(v, "trials", 0);
	for (int accumulate = 0; accumulate < 2; accumulate++)
		if (!(v->kinds && latch_of(v)->nmi_safe) && v->outcome != VERIFY_SKIP)
			run(options, v, accumulate);
	require_meetings(v);
	if (verify_counted(v, "trials")) {
		snprintf(share, sizeof(share), "%.1f %%",
			 100.0 * (double)verify_counted(v, "lost") /
				 (double)verify_counted(v, "trials"));
		verify_found(v, "last lost", share);
	}
}

/* A latch without protection may hold anything in the end. */
static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	const struct latch_variant *v = subject->self;

	if (v->nmi_safe || strcmp(v->refuses, "never") != 0)
		return (struct verify_expected_failures){0, 0};
	return (struct verify_expected_failures){
		0, VERIFY_BIT(VERIFY_TORN) | VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_LOST)};
}

const struct verify_check verify_latch_stale = {
	"stale", "when all writers have stopped, the last value is there, or was refused", "trials",
	expects, run_check};
