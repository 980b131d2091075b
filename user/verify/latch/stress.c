// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * stress.c - threads write and read one latch at once, more of them than there are CPUs. They
 * yield, sleep and change their CPU at random; signals make them pause wherever they are, in the
 * middle of a write too, and write and read from within the handler. verify/latch/history.c
 * judges.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "verify/core/verdict.h"
#include "verify/core/watch.h"
#include "verify/latch/set.h"
#include "verify/latch/history.h"
#include "host/clock.h"
#include "host/cpus.h"
#include "host/random.h"

/* Seconds of all runs of a latch, unless told. */
#define SECONDS 2.0
/* Reads without a look at the writers for each with one. */
#define GLANCES 15
/* Whoever must read cannot always be lapped. */
#define TRIES 1000000
#define THREADS_MAX (HISTORY_WRITERS / 2)
#define SIGNAL_EVERY_US 100
/* What a signal does: pause, or act as an interrupt would. */
#define SIGNAL_PAUSE SIGUSR1
#define SIGNAL_ACT SIGUSR2

struct stress {
	struct history history;
	lk_u64 *latch;
	unsigned int stop; /* threads are to end */
};

struct worker {
	struct stress *stress;
	pthread_t thread;
	unsigned int writer; /* a number among the writers; in handlers HISTORY_WRITERS / 2 more */
	bool writes;
	uint64_t random;
	struct history_reader reader, handler_reader;
	lk_u64 reads, gave_up, nested, pauses;
	enum verify_kind kind; /* the first thing that went wrong */
	char said[160], context[64];
};

static __thread struct worker *me;

/* xorshift64: for variety only. */
static lk_u64 draw(struct worker *w)
{
	return random_next(&w->random) >> 33;
}

static bool stopped(const struct stress *s)
{
	/* Relaxed: soon is enough. */
	return __atomic_load_n(&s->stop, __ATOMIC_RELAXED);
}

static void stop(struct stress *s)
{
	/* Relaxed: soon is enough. */
	__atomic_store_n(&s->stop, 1, __ATOMIC_RELAXED);
}

static void note_kind(struct worker *w, enum verify_kind kind, const struct history_reader *r,
		      const char *context)
{
	if (!kind || w->kind)
		return;
	w->kind = kind;
	snprintf(w->said, sizeof(w->said), "%s", r->said);
	snprintf(w->context, sizeof(w->context), "%s", context);
	if (w->stress->history.variant->nmi_safe)
		stop(w->stress);
}

static void pause_us(unsigned int us)
{
	struct timespec t = {0, 1000L * us};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

/* Wherever the thread is: sleep, or let others run. */
static void on_pause(int signal)
{
	(void)signal;
	if (!me)
		return;
	me->pauses++;
	if (me->pauses & 3)
		sched_yield();
	else
		pause_us(200);
}

/* Wherever the thread is: write, and read before and after. */
static void on_act(int signal)
{
	struct history *h;
	bool gave_up = false;

	(void)signal;
	if (!me || me->kind)
		return;
	h = &me->stress->history;
	me->nested++;
	note_kind(me, history_glance(h, me->stress->latch, &me->handler_reader, TRIES, &gave_up),
		  &me->handler_reader, "read in a signal handler");
	me->gave_up += gave_up;
	history_write(h, me->stress->latch, me->writer + HISTORY_WRITERS / 2);
	if (gave_up)
		return; /* a second time would only take as long */
	note_kind(me, history_read(h, me->stress->latch, &me->handler_reader, TRIES, &gave_up),
		  &me->handler_reader, "read in a signal handler, after a write there");
	me->gave_up += gave_up;
}

static void catch_signals(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
	struct sigaction action = {.sa_handler = on_pause, .sa_flags = SA_RESTART};

	sigaddset(&action.sa_mask, SIGNAL_ACT);
	sigaddset(&action.sa_mask, SIGNAL_PAUSE);
	sigaction(SIGNAL_PAUSE, &action, NULL);
	action.sa_handler = on_act;
	sigaction(SIGNAL_ACT, &action, NULL);
	/* A crash in another thread than the first ends the process. */
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		signal(fatal[i], SIG_DFL);
}

static void change_cpu(struct worker *w)
{
	cpu_set_t set;
	int cpu = cpu_at((unsigned int)(draw(w) % cpus_count()), false);

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Now and then, something between two operations. */
static void disturb(struct worker *w)
{
	lk_u64 dice = draw(w) % 8192;

	if (dice < 2)
		change_cpu(w);
	else if (dice < 6)
		pause_us((unsigned int)(draw(w) % 200));
	else if (dice < 40)
		sched_yield();
}

static void read_some(struct worker *w)
{
	struct stress *s = w->stress;
	bool gave_up;

	note_kind(w, history_read(&s->history, s->latch, &w->reader, TRIES, &gave_up), &w->reader,
		  "read by a thread");
	w->gave_up += gave_up;
	for (int i = 0; i < GLANCES && !w->kind; i++) {
		note_kind(w, history_glance(&s->history, s->latch, &w->reader, TRIES, &gave_up),
			  &w->reader, "read by a thread");
		w->gave_up += gave_up;
	}
	w->reads += GLANCES + 1;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarm, NULL);
	me = w;
	while (!stopped(w->stress) && !w->kind) {
		if (w->writes)
			history_write(&w->stress->history, w->stress->latch, w->writer);
		else
			read_some(w);
		disturb(w);
	}
	me = NULL;
	return NULL;
}

/* Signals to random threads until it is over. */
static void harass(struct stress *s, struct worker *workers, unsigned int count, double seconds)
{
	uint64_t end = clock_now_ns() + (uint64_t)(seconds * 1e9);
	struct worker dice = {.random = workers->random ^ 0x5bd1e995};

	while (clock_now_ns() < end && !stopped(s)) {
		struct worker *w = &workers[draw(&dice) % count];

		pthread_kill(w->thread, draw(&dice) & 1 ? SIGNAL_PAUSE : SIGNAL_ACT);
		pause_us(SIGNAL_EVERY_US);
		verify_alive();
	}
	stop(s);
}

static void report(struct verify_verdict *v, const struct stress *s, const struct worker *w)
{
	struct verify_failure f = {.words = s->history.words};

	verify_count(v, "reads", w->reads);
	verify_count(v, "gave up", w->gave_up);
	verify_count(v, "nested", w->nested);
	verify_count(v, "pauses", w->pauses);
	if (!w->kind)
		return;
	snprintf(f.workload, sizeof(f.workload), "%s",
		 s->history.accumulate ? "accumulate" : "publish");
	snprintf(f.context, sizeof(f.context), "%s", w->context);
	snprintf(f.read, sizeof(f.read), "%s", w->said);
	verify_fail(v, w->kind, &f);
}

/* When all have ended: the latch holds what it should, and lets a writer in. */
static void judge_end(struct verify_verdict *v, struct stress *s)
{
	struct worker w = {.stress = s, .context = "when nobody wrote any more"};

	w.kind = history_end(&s->history, s->latch, &w.reader);
	snprintf(w.said, sizeof(w.said), "%s", w.reader.said);
	if (!w.kind && history_write(&s->history, s->latch, 0)) {
		w.kind = VERIFY_REFUSED;
		snprintf(w.said, sizeof(w.said), "a write was refused");
	}
	if (strcmp(latch_of(v)->refuses, "busy") != 0 && history_refused(&s->history) && !w.kind) {
		/* Threads and their handlers may be more than there are ways. */
		verify_count(v, "full", history_refused(&s->history));
	}
	report(v, s, &w);
	verify_count(v, "accepted", history_accepted(&s->history));
	verify_count(v, "refused", history_refused(&s->history));
}

static lk_u64 *latch_new(const struct latch_variant *variant, bool accumulate, unsigned int words)
{
	size_t bytes = 8 * (accumulate ? variant->ops->accumulate_words(words)
				       : variant->ops->publish_words(words));
	lk_u64 *latch = aligned_alloc(64, (bytes + 63) / 64 * 64);

	if (latch)
		memset(latch, 0, (bytes + 63) / 64 * 64);
	return latch;
}

static void run(const struct verify_options *options, struct verify_verdict *v, bool accumulate,
		unsigned int words, double seconds)
{
	static struct stress s;
	static struct worker workers[THREADS_MAX];
	unsigned int writers = cpus_count() + 1, count, started = 0;

	if (writers > THREADS_MAX / 2)
		writers = THREADS_MAX / 2;
	count = 2 * writers;
	memset(&s, 0, sizeof(s));
	memset(workers, 0, sizeof(workers));
	history_start(&s.history, latch_of(v), accumulate, words, HISTORY_WRITERS);
	s.latch = latch_new(latch_of(v), accumulate, words);
	for (unsigned int i = 0; i < count && s.latch; i++) {
		struct worker *w = &workers[i];

		w->stress = &s;
		w->writer = i;
		w->writes = i < writers;
		w->random = (options->seed + 1) * 0x9e3779b97f4a7c15ULL + i;
		if (pthread_create(&w->thread, NULL, work, w))
			break;
		started++;
	}
	if (started == count)
		harass(&s, workers, count, seconds);
	else
		verify_skip(v, "no memory or no threads for %u of them", count);
	stop(&s);
	for (unsigned int i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	for (unsigned int i = 0; i < started; i++)
		report(v, &s, &workers[i]);
	if (started == count)
		judge_end(v, &s);
	free(s.latch);
}

/* A check in which nobody met anybody has checked nothing. */
static void require_meetings(struct verify_verdict *v)
{
	struct verify_failure f = {0};

	if (v->kinds || v->outcome == VERIFY_SKIP)
		return;
	if (verify_counted(v, "reads") && verify_counted(v, "nested") &&
	    verify_counted(v, "accepted") &&
	    (verify_counted(v, "refused") || strcmp(latch_of(v)->refuses, "busy") != 0))
		return;
	snprintf(f.read, sizeof(f.read),
		 "%llu reads, %llu nested writes, %llu writes refused: too few",
		 verify_counted(v, "reads"), verify_counted(v, "nested"),
		 verify_counted(v, "refused"));
	verify_fail(v, VERIFY_IDLE, &f);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	static const unsigned int sizes[] = {8, LATCH_MAX_WORDS};
	double seconds = (options->seconds > 0 ? options->seconds : SECONDS) / 4;

	verify_count(v, "reads", 0);
	catch_signals();
	for (int size = 0; size < 2; size++)
		for (int accumulate = 0; accumulate < 2; accumulate++)
			if (!(v->kinds && latch_of(v)->nmi_safe) && v->outcome != VERIFY_SKIP)
				run(options, v, accumulate, sizes[size], seconds);
	require_meetings(v);
}

static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	const struct latch_variant *v = subject->self;

	if (v->nmi_safe)
		return (struct verify_expected_failures){0, 0};
	/* A handler that interrupts a writer may wait for it. */
	if (strcmp(v->reader, "blocking") == 0)
		return (struct verify_expected_failures){0, VERIFY_BIT(VERIFY_LIVELOCK)};
	return (struct verify_expected_failures){
		VERIFY_BIT(VERIFY_TORN), VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_LOST)};
}

const struct verify_check verify_latch_stress = {
	"stress", "threads, pauses and signal handlers that write and read at once do no harm",
	"reads", expects, run_check};
