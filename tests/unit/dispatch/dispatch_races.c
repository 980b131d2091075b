// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dispatch_races.c - calls and swaps at once: no mixed pair, nothing used after it was given back,
 * and nothing given back while it is in use. What was published is seen to fail at each of them.
 */
#include "dispatch_test.h"

#define SECONDS 20 /* at most, until what must be seen is seen */

/* -- calls while a swapper runs flat out ------------------------------------------------------- */

#define CALLERS 2

/* The name of the test of each way. */
static const char *const race_names[WAYS] = {
	[WAY_SWAP] = "a_slot_mixes_and_loses_nothing",
	[WAY_SWAP_ASYNC] = "a_slot_releases_later",
	[WAY_REPLACE] = "a_table_replaces_whole_pairs",
	[WAY_REPLACE_ASYNC] = "a_table_releases_later",
	[WAY_UNREGISTER] = "a_table_unregisters_and_registers",
	[WAY_POSTED] = "the_posted_slot_is_seen_to_fail",
};

static struct event seen_by_all(const struct caller *callers)
{
	struct event all = {0};

	for (int i = 0; i < CALLERS; i++) {
		all.calls += get(&callers[i].seen.calls);
		all.mixed += get(&callers[i].seen.mixed);
		all.dead += get(&callers[i].seen.dead);
	}
	return all;
}

static bool enough(const struct event *seen, bool must_fail, lk_u64 swaps)
{
	return must_fail ? seen->mixed && seen->dead : swaps >= 1000 && seen->calls >= 100000;
}

/* As published: mixed pairs, and contexts used after they were freed. The others: neither. */
static void race(void **state)
{
	const struct way *way = *state;
	const bool must_fail = way == &ways[WAY_POSTED];
	struct subject s;
	struct caller callers[CALLERS];
	struct event seen = {0};
	double end = now_s() + SECONDS;
	lk_u64 swaps = 0;

	subject_init(&s, &context_new(0)->handler);
	callers_start(callers, CALLERS, &s, way);
	while (!enough(&seen, must_fail, swaps) && now_s() < end) {
		way->swap(&s, &context_new(++swaps % HANDLERS)->handler, context_free);
		RCU(quiescent_state)();
		seen = seen_by_all(callers);
	}
	callers_stop(callers, CALLERS);
	for (int i = 0; i < CALLERS; i++)
		assert_int_equal(callers[i].answered, callers[i].seen.calls);
	seen = seen_by_all(callers);
	assert_int_equal(seen.mixed > 0, must_fail);
	assert_int_equal(seen.dead > 0, must_fail);
	assert_true(must_fail || (swaps > 1 && seen.calls > 1000));
}

__attribute__((constructor)) static void register_races(void)
{
	for (int i = 0; i < WAYS; i++)
		if (race_names[i])
			test_add(race, (void *)&ways[i], "%s", race_names[i]);
}

/* -- a handler that is held ------------------------------------------------------------------- */

struct held {
	struct subject subject;
	const struct way *way;
	struct dispatch_handler handler, next;
	lk_u64 inside, let_go, removing, removed, freed_in_use;
	struct thread caller, remover;
};

static void be_held(void *context, void *event)
{
	struct held *h = context;

	(void)event;
	set(&h->inside, 1);
	while (!get(&h->let_go))
		sched_yield();
	if (get(&h->removed))
		set(&h->freed_in_use, 1);
	set(&h->inside, 0);
}

static void on_held_release(struct dispatch_handler *old)
{
	struct held *h = old->context;

	set(&h->removed, 1);
}

static void held_caller(void *arg)
{
	struct held *h = arg;

	h->way->call(&h->subject, NULL);
}

static void held_remover(void *arg)
{
	struct held *h = arg;

	set(&h->removing, 1);
	h->way->swap(&h->subject, &h->next, on_held_release);
}

/* Hold the handler for so long at most. Returns whether it was given back while it ran. */
static bool given_back_in_use(const struct way *way, unsigned int ms)
{
	struct held h = {.way = way,
			 .handler = {.call = be_held, .context = &h},
			 .next = {.call = be_held, .context = &h}};

	subject_init(&h.subject, &h.handler);
	thread_start(&h.caller, held_caller, &h);
	while (!get(&h.inside))
		thread_pause(100);
	thread_start(&h.remover, held_remover, &h);
	while (!get(&h.removing))
		thread_pause(100);
	for (unsigned int i = 0; i < ms && !get(&h.removed); i++)
		thread_pause(1000);
	set(&h.let_go, 1);
	thread_join(&h.caller);
	thread_join(&h.remover);
	RCU(barrier)();
	assert_true(h.removed);
	return h.freed_in_use;
}

TEST(nothing_is_given_back_in_use)
{
	for (int i = 0; i < WAYS; i++)
		if (i == WAY_POSTED)
			assert_true(given_back_in_use(&ways[i], SECONDS * 1000));
		else
			assert_false(given_back_in_use(&ways[i], 30));
}

/* -- unregister returns when nobody runs the handler ------------------------------------------ */

#define TRIALS 2000

static void be_counted(void *context, void *event)
{
	struct context *c = context;

	(void)event;
	order_fetch_add_acq_rel(&c->running, 1);
	order_fetch_add_relaxed(&c->calls, 1);
	for (volatile int i = 0; i < 20; i++)
		;
	order_fetch_add_acq_rel(&c->running, ~0ULL);
}

/* Every other trial waits until the handler runs. Returns whether it still does at the end. */
static bool one_trial(struct dispatch_table *t, unsigned long number, unsigned long *called)
{
	struct context c = {.handler = {.call = be_counted, .context = &c}};
	struct dispatch_handler *old;
	bool in_use;

	assert_int_equal(dispatch_table_register(t, 0, &c.handler), 0);
	for (int i = 0; number % 2 && i < 100000 && !get(&c.running); i++) {
		RCU(quiescent_state)();
		if (i % 1000 == 999)
			sched_yield();
	}
	assert_int_equal(dispatch_table_unregister(t, 0, &old), 0);
	assert_ptr_equal(old, &c.handler);
	in_use = get(&c.running) != 0;
	*called += c.calls > 0;
	return in_use;
}

TEST(unregister_waits)
{
	unsigned long trials = setting("LATCHKIT_DISPATCH_TRIALS", 0), called = 0, in_use = 0, i;
	/* A slow machine does fewer, unless told how many. */
	double end = now_s() + (trials ? 1e9 : SECONDS);
	struct subject s = {.table = {s.slots, 1, DISPATCH_PACKED}};
	struct caller caller;

	callers_start(&caller, 1, &s, &ways[WAY_UNREGISTER]);
	for (i = 0; i < (trials ? trials : TRIALS) && now_s() < end; i++)
		in_use += one_trial(&s.table, i, &called);
	callers_stop(&caller, 1);
	print_message(
		"%lu trials, the handler was called in %lu of them, was running when unregister "
		"returned in %lu\n",
		i, called, in_use);
	assert_int_equal(in_use, 0);
	assert_true(called > i / 10);
}

/* -- two at once ------------------------------------------------------------------------------ */

/* What two threads do to one slot at once. */
struct twins {
	struct dispatch_slot slot;
	void *slots[1];
	struct dispatch_table table;
	struct dispatch_handler first, own[2], *old[2];
	int err[2];
};

static void twins_prepare(void *arg)
{
	struct twins *t = arg;

	t->slot.current = &t->first;
	t->slots[0] = NULL;
}

static void twins_swap(void *arg, int who)
{
	struct twins *t = arg;

	t->err[who] = dispatch_slot_put(&t->slot, &t->own[who], &t->old[who]);
}

static void twins_register(void *arg, int who)
{
	struct twins *t = arg;

	t->err[who] = dispatch_table_register(&t->table, 0, &t->own[who]);
}

/* The one that was there and one of the two have been given back, the other is there. */
static lk_u64 something_got_lost(void *arg)
{
	const struct twins *t = arg;
	const struct dispatch_handler *current = t->slot.current;
	int later = current == &t->own[0] ? 0 : 1;

	return t->err[0] || t->err[1] || current != &t->own[later] ||
	       t->old[later] != &t->own[!later] || t->old[!later] != &t->first;
}

static lk_u64 not_one_got_in(void *arg)
{
	const struct twins *t = arg;
	int in = t->err[0] == 0 ? 0 : 1;

	return t->err[in] || t->err[!in] != -EBUSY || t->slots[0] != &t->own[in];
}

static lk_u64 twins_unfair(void (*act)(void *, int), lk_u64 (*unfair)(void *))
{
	struct twins t = {.table = {t.slots, 1, DISPATCH_PACKED}};
	struct duel d = {.arg = &t, .prepare = twins_prepare, .act = act, .unfair = unfair};

	t.first.call = t.own[0].call = t.own[1].call = numbered[0];
	return duel(&d, 200000, 5);
}

TEST(two_swap_at_once)
{
	assert_int_equal(twins_unfair(twins_swap, something_got_lost), 0);
}

TEST(two_register_at_once)
{
	assert_int_equal(twins_unfair(twins_register, not_one_got_in), 0);
}

/* -- ABA -------------------------------------------------------------------------------------- */

static struct context *bare_context; /* how a bare function finds what it uses */

static void bare(void *event)
{
	lk_u64 *seen = event;

	*seen = bare_context->number;
}

/*
 * A call of the posted table, stopped between its load and the call: meanwhile the function is
 * taken out, its context freed, and the same function registered for something else. The call
 * cannot know.
 */
TEST(the_posted_table_cannot_tell_who_is_registered)
{
	void *slots[1] = {NULL};
	struct dispatch_table_posted t = {slots, 1};
	struct context *first = context_new(0), *second = context_new(1);
	dispatch_bare_fn *loaded;
	lk_u64 seen = 0;

	bare_context = first;
	assert_true(dispatch_table_posted_register(&t, 0, bare));
	loaded = dispatch_table_posted_load(&t, 0);
	assert_ptr_equal(dispatch_table_posted_unregister(&t, 0), bare);
	context_free(&first->handler);
	bare_context = second;
	assert_true(dispatch_table_posted_register(&t, 0, bare));
	/* To look again does not help: it is the same function. */
	assert_ptr_equal(dispatch_table_posted_load(&t, 0), loaded);
	loaded(&seen);
	assert_int_equal(seen, second->number);
}
