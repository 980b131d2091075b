// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * stress.c - threads write and read one latch at once, more of them than there are CPUs. They
 * yield, sleep and change their CPU at random; signals make them pause wherever they are, in the
 * middle of a write too, and write and read from within the handler. verify/latch/history.c
 * judges.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "verify/core/watch.h"
#include "verify/latch/set.h"
#include "verify/latch/history.h"
#include "host/cpus.h"
#include "host/random.h"

/* Seconds of all runs of a latch, unless told. */
#define SECONDS 2.0
/* Reads without a look at the writers for each with one. */
#define GLANCES 15
/* Tries of a read: one that is lapped as often is in a livelock. */
#define TRIES 1000000
#define THREADS_MAX (HISTORY_WRITERS / 2)
#define SIGNAL_EVERY_US 100
/* What a signal does: pause, or act as an interrupt would. */
#define SIGNAL_PAUSE SIGUSR1
#define SIGNAL_ACT SIGUSR2

struct stress {
	struct history history;
	lk_u64 stop; /* threads are to end; relaxed: soon is enough */
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

static lk_u64 draw(struct worker *w)
{
	return random_next(&w->random) >> 33;
}

static void note_kind(struct worker *w, enum verify_kind kind, const struct history_reader *r,
		      const char *context)
{
	w->gave_up += kind == VERIFY_LIVELOCK;
	if (!kind || w->kind)
		return;
	w->kind = kind;
	snprintf(w->said, sizeof(w->said), "%s", r->said);
	snprintf(w->context, sizeof(w->context), "%s", context);
	if (w->stress->history.variant->nmi_safe)
		order_store_relaxed(&w->stress->stop, 1);
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
	enum verify_kind kind;

	(void)signal;
	if (!me || me->kind)
		return;
	h = &me->stress->history;
	me->nested++;
	kind = history_glance(h, &me->handler_reader, TRIES);
	note_kind(me, kind, &me->handler_reader, "read in a signal handler");
	history_write(h, me->writer + HISTORY_WRITERS / 2);
	if (kind == VERIFY_LIVELOCK)
		return; /* a second time would only take as long */
	note_kind(me, history_read(h, &me->handler_reader, TRIES), &me->handler_reader,
		  "read in a signal handler, after a write there");
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_pause, .sa_flags = SA_RESTART};

	sigaddset(&action.sa_mask, SIGNAL_ACT);
	sigaddset(&action.sa_mask, SIGNAL_PAUSE);
	sigaction(SIGNAL_PAUSE, &action, NULL);
	action.sa_handler = on_act;
	sigaction(SIGNAL_ACT, &action, NULL);
}

/* Now and then, something between two operations. */
static void disturb(struct worker *w)
{
	lk_u64 dice = draw(w) % 8192;

	if (dice < 2)
		cpu_pin(cpu_at((unsigned int)(draw(w) % cpus_count()), false));
	else if (dice < 6)
		pause_us((unsigned int)(draw(w) % 200));
	else if (dice < 40)
		sched_yield();
}

static void read_some(struct worker *w)
{
	struct history *h = &w->stress->history;

	note_kind(w, history_read(h, &w->reader, TRIES), &w->reader, "read by a thread");
	for (int i = 0; i < GLANCES && !w->kind; i++)
		note_kind(w, history_glance(h, &w->reader, TRIES), &w->reader, "read by a thread");
	w->reads += GLANCES + 1;
}

static void *work(void *arg)
{
	struct worker *w = arg;

	me = w;
	while (!order_load_relaxed(&w->stress->stop) && !w->kind) {
		if (w->writes)
			history_write(&w->stress->history, w->writer);
		else
			read_some(w);
		disturb(w);
	}
	me = NULL;
	return NULL;
}

/* Signals to random threads until this part of the time is over. */
static void harass(struct stress *s, struct worker *workers, unsigned int count)
{
	struct worker dice = {.random = workers->random ^ 0x5bd1e995};

	while (!verify_part_is_over() && !order_load_relaxed(&s->stop)) {
		struct worker *w = &workers[draw(&dice) % count];

		pthread_kill(w->thread, draw(&dice) & 1 ? SIGNAL_PAUSE : SIGNAL_ACT);
		pause_us(SIGNAL_EVERY_US);
		verify_alive();
	}
	order_store_relaxed(&s->stop, 1);
}

static void report(struct verify_verdict *v, const struct worker *w)
{
	verify_count(v, "reads", w->reads);
	verify_count(v, "gave up", w->gave_up);
	verify_count(v, "nested", w->nested);
	verify_count(v, "pauses", w->pauses);
	history_fail(&w->stress->history, v, w->kind, w->context, w->said);
}

/* When all have ended: the latch holds what it should, and lets a writer in. */
static void judge_end(struct verify_verdict *v, struct history *h)
{
	static const char context[] = "when nobody wrote any more";
	struct history_reader r = {0};
	enum verify_kind kind = history_end(h, &r);

	if (kind)
		history_fail(h, v, kind, context, r.said);
	else if (history_write(h, 0))
		history_fail(h, v, VERIFY_REFUSED, context, "a write was refused");
	else if (!latch_may_be_busy(latch_of(v)) && history_refused(h))
		/* Threads and their handlers may be more than there are ways. */
		verify_count(v, "full", history_refused(h));
	history_count(h, v);
}

static void run(const struct verify_options *options, struct verify_verdict *v, bool accumulate,
		unsigned int words)
{
	static struct stress s;
	static struct worker workers[THREADS_MAX];
	unsigned int writers = cpus_count() + 1, count;

	if (writers > THREADS_MAX / 2)
		writers = THREADS_MAX / 2;
	count = 2 * writers;
	memset(&s, 0, sizeof(s));
	if (!history_start(&s.history, v, accumulate, words, HISTORY_WRITERS))
		return;
	for (unsigned int i = 0; i < count; i++) {
		workers[i] = (struct worker){
			.stress = &s,
			.writer = i,
			.writes = i < writers,
			.random = (options->seed + 1) * 0x9e3779b97f4a7c15ULL + i,
		};
		workers[i].thread = verify_thread(work, &workers[i]);
	}
	verify_part(options, SECONDS, 4);
	harass(&s, workers, count);
	for (unsigned int i = 0; i < count; i++)
		pthread_join(workers[i].thread, NULL);
	for (unsigned int i = 0; i < count; i++)
		report(v, &workers[i]);
	judge_end(v, &s.history);
	history_free(&s.history);
}

/* A check in which nobody met anybody has checked nothing. */
static void require_meetings(struct verify_verdict *v)
{
	lk_u64 reads = verify_counted(v, "reads"), nested = verify_counted(v, "nested"),
	       refused = verify_counted(v, "refused");

	if (v->kinds || v->outcome == VERIFY_SKIP)
		return;
	if (!reads || !nested || !verify_counted(v, "accepted") ||
	    (!refused && latch_may_be_busy(latch_of(v))))
		verify_fail(v, VERIFY_IDLE, NULL,
			    "%llu reads, %llu nested writes, %llu writes refused: too few", reads,
			    nested, refused);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	static const unsigned int sizes[] = {8, LATCH_MAX_WORDS};

	catch_signals();
	for (int size = 0; size < 2; size++)
		for (int accumulate = 0; accumulate < 2 && verify_goes_on(v); accumulate++)
			run(options, v, accumulate, sizes[size]);
	require_meetings(v);
}

static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	struct verify_expected_failures expected = latch_expects(subject);

	/* A handler that interrupts a writer may wait for it, or come at another time. */
	if (expected.required & VERIFY_BIT(VERIFY_LIVELOCK))
		return (struct verify_expected_failures){0, expected.required};
	return expected;
}

const struct verify_check verify_latch_stress = {
	"stress",  "threads, pauses and signal handlers that write and read at once do no harm",
	"reads",   expects,
	run_check, {"reads"}};
