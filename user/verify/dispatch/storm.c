// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * storm.c - all threads register, replace, unregister and call on all slots, from
 * within handlers, too. Then the accounts are settled: what was put in was given back exactly once,
 * whoever took it out; handle says that it called a handler exactly when one ran; no function met
 * another one's context; no handler ran on when it was given back; and within a handler nobody
 * waits for it.
 *
 * The posted slot does not give back what it held, so only one thread swaps it: more would have to
 * agree by other means.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "verify/core/watch.h"
#include "verify/dispatch/set.h"
#include "host/cpus.h"
#include "host/random.h"

/* Seconds of all rounds, unless told. */
#define SECONDS 1.4
#define THREADS_MAX 16
/* Contexts of each thread: one is not used again before the others were. */
#define CONTEXTS 512
#define LOOK_MS 5
/* Work for that many between two looks at the end. */
#define BATCH 64
/* How often one who is about to take a handler out looks for a call of it. */
#define MEET_LOOKS 2000

/* What one thread did and saw. */
struct tally {
	lk_u64 calls, answered, misanswered, mixed, freed;
	lk_u64 offered, in, refused;
	lk_u64 trials, called, met, running; /* of taking out and waiting */
	lk_u64 deadlocks, undetected; /* refused within a handler, and not */
	lk_u64 wrong; /* answers that do not exist */
	int answer; /* one of them */
};

struct storm {
	const struct design *design;
	struct design_place place;
	bool pinned; /* each thread to a CPU of its own */
	lk_u64 stop; /* relaxed: soon is enough */
	lk_u64 inside[DESIGN_SLOTS]; /* handlers under way */
};

struct worker {
	struct storm *storm;
	struct design_thread thread;
	struct registrations pool;
	uint64_t random;
	unsigned int number, depth;
	struct tally tally;
} __attribute__((aligned(64)));

static struct storm storm;
static struct worker workers[THREADS_MAX];

static unsigned int draw(struct worker *w, unsigned int below)
{
	return (unsigned int)random_below(&w->random, below);
}

/* -- operations ------------------------------------------------------------------------------- */

static void step(struct worker *w);

/* What a call is made by. */
struct call {
	struct worker *worker;
	unsigned int slot;
};

static void within(struct registration_event *e)
{
	const struct call *c = e->arg;
	struct worker *w = c->worker;

	order_fetch_add_relaxed(&w->storm->inside[c->slot], 1);
	w->depth++;
	if (w->depth < 3 && draw(w, 4) == 0)
		do
			step(w);
		while (draw(w, 2));
	else
		for (volatile unsigned int i = draw(w, 200); i; i--)
			;
	w->depth--;
	order_fetch_add_relaxed(&w->storm->inside[c->slot], ~0ULL);
}

static void handle(struct worker *w, unsigned int slot)
{
	struct call c = {w, slot};
	struct registration_event e = {.within = within, .arg = &c};
	struct tally *t = &w->tally;
	int err = design_handle(w->storm->design, &w->storm->place, slot, &e);

	t->calls += e.calls;
	t->answered += !err;
	t->misanswered += e.calls != !err;
	t->mixed += e.mixed != 0;
	t->freed += e.freed != 0;
}

/* An operation may return 0, `other`, or, where it would wait within a handler, -EDEADLK only. */
static void judge(struct worker *w, int err, bool waits, int other)
{
	struct tally *t = &w->tally;

	t->deadlocks += waits && err == -EDEADLK;
	t->undetected += waits && w->depth && err != -EDEADLK;
	if (!err || err == other || (waits && w->depth && err == -EDEADLK))
		return;
	t->wrong++;
	t->answer = err;
}

/* Is a handler of that slot running? Every other time, spin shortly until one is. */
static bool meet(struct worker *w, unsigned int slot)
{
	unsigned int looks = w->depth || draw(w, 2) ? 1 : MEET_LOOKS;

	for (unsigned int i = 0; i < looks; i++)
		if (order_load_relaxed(&w->storm->inside[slot]))
			return true;
	return false;
}

static void settle_trial(struct worker *w, struct registration *out, bool met)
{
	struct tally *t = &w->tally;

	t->trials++;
	t->met += met;
	t->called += order_load_relaxed(&out->calls) != 0;
	t->running += order_fetch_add_acq_rel(&out->running, 0) != 0;
	registration_give_back(out);
}

static void put(struct worker *w, enum design_operation operation, unsigned int slot)
{
	struct storm *s = w->storm;
	struct design_request r = {&s->place, slot, registration_take(&w->pool), NULL, NULL};
	bool met = operation == DESIGN_REPLACE && meet(w, slot);
	struct tally *t = &w->tally;
	int err;

	if (!r.in && !w->depth)
		s->design->barrier();
	if (!r.in)
		return;
	t->offered++;
	registration_offer(r.in);
	err = s->design->calls[operation](&r);
	judge(w, err, design_waits(s->design, operation),
	      operation == DESIGN_REGISTER ? -EBUSY : -ENOENT);
	t->in += !err;
	t->refused += err != 0;
	if (err)
		registration_refused(r.in);
	if (r.out)
		settle_trial(w, r.out, met);
}

static void take(struct worker *w, enum design_operation operation, unsigned int slot)
{
	struct storm *s = w->storm;
	struct design_request r = {&s->place, slot, NULL, NULL, NULL};
	bool met = operation == DESIGN_UNREGISTER && meet(w, slot);
	int err = s->design->calls[operation](&r);

	judge(w, err, design_waits(s->design, operation), -ENOENT);
	if (r.out)
		settle_trial(w, r.out, met);
}

/* One operation of any kind on any slot. */
static void step(struct worker *w)
{
	static const enum design_operation often[] = {
		DESIGN_HANDLE,	   DESIGN_HANDLE,   DESIGN_HANDLE,	  DESIGN_HANDLE,
		DESIGN_HANDLE,	   DESIGN_HANDLE,   DESIGN_HANDLE,	  DESIGN_REGISTER,
		DESIGN_REGISTER,   DESIGN_REGISTER, DESIGN_UNREGISTER,	  DESIGN_UNREGISTER,
		DESIGN_UNREGISTER, DESIGN_REPLACE,  DESIGN_REPLACE_ASYNC, DESIGN_UNREGISTER_ASYNC,
	};
	const struct design *d = w->storm->design;
	enum design_operation operation = often[draw(w, sizeof(often) / sizeof(often[0]))];
	unsigned int slot = draw(w, DESIGN_SLOTS);
	bool may_swap = design_is_sound(d) || d->is_table || w->number == 0;
	/* Every other thread mostly calls: threads that all wait for each other hardly meet. */
	bool calls = w->number % 2 && draw(w, 32);

	if (operation == DESIGN_REGISTER && !d->calls[operation])
		operation = DESIGN_REPLACE;
	if (calls || operation == DESIGN_HANDLE || !d->calls[operation] || !may_swap)
		handle(w, slot);
	else if (operation == DESIGN_UNREGISTER || operation == DESIGN_UNREGISTER_ASYNC)
		take(w, operation, slot);
	else
		put(w, operation, slot);
}

/* -- threads ---------------------------------------------------------------------------------- */

static void work(void *arg)
{
	struct worker *w = arg;

	/* On one CPU they would meet where one wakes the other, and nowhere else. */
	if (w->storm->pinned)
		cpu_pin(cpu_at(w->number, true));
	while (!order_load_relaxed(&w->storm->stop))
		for (int i = 0; i < BATCH; i++) {
			step(w);
			w->storm->design->quiescent();
		}
}

/* Everything that threads have done: when it stands still, they hang. */
static lk_u64 done(unsigned int count)
{
	lk_u64 n = 0;

	for (unsigned int i = 0; i < count; i++)
		n += order_load_relaxed(&workers[i].tally.calls) +
		     order_load_relaxed(&workers[i].tally.offered) +
		     order_load_relaxed(&workers[i].tally.trials);
	return n;
}

static bool failed(const struct worker *w)
{
	const struct tally *t = &w->tally;

	return order_load_relaxed(&t->mixed) || order_load_relaxed(&t->freed) ||
	       order_load_relaxed(&t->misanswered) || order_load_relaxed(&t->running) ||
	       order_load_relaxed(&t->undetected) || order_load_relaxed(&t->wrong);
}

static void watch(const struct design *d, unsigned int count)
{
	bool broken = false;

	while (!verify_part_is_over() && !broken) {
		usleep(LOOK_MS * 1000);
		verify_alive_by(done(count));
		for (unsigned int i = 0; i < count && design_is_sound(d); i++)
			broken |= failed(&workers[i]);
	}
	order_store_relaxed(&storm.stop, 1);
}

static void start(const struct verify_options *options, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct worker *w = &workers[i];

		memset(w, 0, sizeof(*w));
		w->storm = &storm;
		w->number = i;
		w->random = (options->seed + 1) * 0x9e3779b97f4a7c15ULL + i;
		if (!registrations_open(&w->pool, CONTEXTS, i))
			verify_give_up(VERIFY_IDLE, "no memory");
		design_thread(&w->thread, storm.design, work, w);
	}
}

/* -- the accounts ----------------------------------------------------------------------------- */

static void add(struct tally *all, const struct tally *t)
{
	const lk_u64 *from = (const lk_u64 *)t;
	lk_u64 *to = (lk_u64 *)all;

	for (size_t i = 0; i < offsetof(struct tally, answer) / sizeof(*to); i++)
		to[i] += from[i];
	if (t->answer)
		all->answer = t->answer;
}

static void count(struct verify_verdict *v, const struct tally *t, lk_u64 given_back)
{
	verify_count(v, "trials", t->trials);
	verify_count(v, "called", t->called);
	verify_count(v, "met", t->met);
	verify_count(v, "registered", t->in);
	verify_count(v, "refused", t->refused);
	verify_count(v, "given back", given_back);
	verify_count(v, "calls", t->calls);
	verify_count(v, "deadlocks", t->deadlocks);
	verify_count(v, "mixed", t->mixed);
	verify_count(v, "freed", t->freed);
}

/* What all threads saw, and what was given back meanwhile. */
static void judge_all(struct verify_verdict *v, const struct tally *t, lk_u64 lost,
		      const struct registration_counts *given)
{
	struct verify_failure f = {0};

	snprintf(f.context, sizeof(f.context), "threads on %s slots, handlers included",
		 storm.place.stride == DESIGN_PACKED ? "packed" : "padded");
	if (t->mixed)
		verify_fail(v, VERIFY_MIXED, &f,
			    "%llu of %llu calls: a function with another's context", t->mixed,
			    t->calls);
	if (t->freed)
		verify_fail(v, VERIFY_FREED, &f, "%llu of %llu calls: the context was given back",
			    t->freed, t->calls);
	if (t->running)
		verify_fail(v, VERIFY_FREED, &f,
			    "in %llu of %llu trials the handler ran when it was given back",
			    t->running, t->trials);
	if (given->in_use > t->running)
		verify_fail(v, VERIFY_FREED, &f,
			    "%llu of %llu handlers ran when they were given back", given->in_use,
			    given->given_back);
	if (given->twice)
		verify_fail(v, VERIFY_TWICE, &f,
			    "%llu registrations were given back twice, or though they were refused",
			    given->twice);
	if (lost || t->in != given->given_back)
		verify_fail(v, VERIFY_LOST, &f, "%llu registered, %llu given back, %llu missing",
			    t->in, given->given_back, lost);
	if (t->misanswered)
		verify_fail(v, VERIFY_WRONG, &f,
			    "%llu times handle did not say whether a handler ran", t->misanswered);
	if (t->undetected)
		verify_fail(v, VERIFY_WRONG, &f,
			    "%llu times waiting within a handler was not refused", t->undetected);
	if (t->wrong)
		verify_fail(v, VERIFY_WRONG, &f, "%llu answers that make no sense, such as %d",
			    t->wrong, t->answer);
}

static void empty(void *arg)
{
	struct storm *s = arg;

	design_empty(s->design, &s->place);
}

static void run(const struct verify_options *options, struct verify_verdict *v,
		unsigned int threads, unsigned int stride)
{
	const struct design *d = design_of(v);
	struct registration_counts before = registration_counts(), given;
	struct tally all = {0};
	lk_u64 lost = 0;

	memset(&storm, 0, sizeof(storm));
	storm.design = d;
	storm.place.stride = stride;
	storm.pinned = threads <= cpus_count();
	start(options, threads);
	verify_part(options, SECONDS, 4);
	watch(d, threads);
	for (unsigned int i = 0; i < threads; i++)
		pthread_join(workers[i].thread.id, NULL);
	design_do(d, empty, &storm);
	verify_alive();
	for (unsigned int i = 0; i < threads; i++) {
		add(&all, &workers[i].tally);
		lost += registrations_lost(&workers[i].pool);
		registrations_close(&workers[i].pool);
	}
	given = registration_counts();
	given.given_back -= before.given_back;
	given.twice -= before.twice;
	given.in_use -= before.in_use;
	count(v, &all, given.given_back);
	judge_all(v, &all, lost, &given);
}

/* A storm in which nobody met anybody has shown nothing. */
static void require_meetings(struct verify_verdict *v)
{
	lk_u64 registered = verify_counted(v, "registered"), trials = verify_counted(v, "trials"),
	       called = verify_counted(v, "called"), deadlocks = verify_counted(v, "deadlocks");
	bool enough = registered > 100 && trials > 100 && verify_counted(v, "calls") > 100 &&
		      called > 10 && (deadlocks > 10 || !design_is_sound(design_of(v)));

	if (!v->kinds && v->outcome != VERIFY_SKIP && !enough)
		verify_fail(v, VERIFY_IDLE, NULL,
			    "%llu registrations, %llu trials, %llu of them called, %llu waits "
			    "refused: too few",
			    registered, trials, called, deadlocks);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	static const unsigned int strides[] = {DESIGN_PACKED, DESIGN_PADDED};
	unsigned int cpus = cpus_count() < 2 ? 2 : cpus_count();

	if (cpus > THREADS_MAX - 2)
		cpus = THREADS_MAX - 2;
	/* As many threads as CPUs, for many trials; more, so that handlers are preempted. */
	for (unsigned int more = 0; more <= 2; more += 2)
		for (int i = 0; i < 2 && verify_goes_on(v); i++)
			run(options, v, cpus + more, strides[i]);
	require_meetings(v);
}

static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	(void)subject;
	return (struct verify_expected_failures){VERIFY_BIT(VERIFY_FREED),
						 VERIFY_BIT(VERIFY_MIXED)};
}

const struct verify_check verify_dispatch_storm = {
	"storm",   "all threads register, swap and call on all slots, and the accounts balance",
	"trials",  expects,
	run_check, {"trials"}};
