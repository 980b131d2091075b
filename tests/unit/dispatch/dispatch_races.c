// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dispatch_races.c - calls and swaps at once: no mixed pair, nothing used after it was given back,
 * and nothing given back while it is in use. What was published is seen to fail at each of them.
 */
#include "dispatch_test.h"

/* -- calls while a swapper runs flat out ------------------------------------------------------- */

#define CALLERS 2
#define SECONDS 20 /* at most, until what must be seen is seen */

struct race {
	struct dispatch_slot slot;
	struct dispatch_slot_posted posted;
	void *slots[1];
	struct dispatch_table table;
	bool (*call)(struct race *r, struct event *e);
	/* Put c in, give back what was there; frees it when that is allowed. */
	void (*swap)(struct race *r, struct context *c);
	lk_u64 stop, swaps, last_freed;
	struct context *current;
	struct caller {
		struct race *race;
		struct event seen;
		lk_u64 calls; /* that were answered */
		struct thread thread;
	} callers[CALLERS];
};

static void caller_main(void *arg)
{
	struct caller *c = arg;

	while (!get(&c->race->stop)) {
		for (int i = 0; i < 64; i++)
			c->calls += c->race->call(c->race, &c->seen);
		RCU(quiescent_state)();
	}
}

static struct event seen_by_all(const struct race *r)
{
	struct event all = {0};

	for (int i = 0; i < CALLERS; i++) {
		all.calls += get(&r->callers[i].seen.calls);
		all.mixed += get(&r->callers[i].seen.mixed);
		all.dead += get(&r->callers[i].seen.dead);
	}
	return all;
}

/* Swap until `enough` or time is up. Returns what the callers saw; none of them runs any more. */
static struct event race_run(struct race *r, bool (*enough)(const struct race *r))
{
	double end = now_s() + SECONDS;

	r->table = (struct dispatch_table){r->slots, 1, DISPATCH_PACKED};
	r->current = context_new(0);
	dispatch_slot_posted_set(&r->posted, numbered[0], r->current);
	dispatch_table_register(&r->table, 0, &r->current->handler);
	r->slot.current = &r->current->handler;
	for (int i = 0; i < CALLERS; i++) {
		r->callers[i].race = r;
		thread_start(&r->callers[i].thread, caller_main, &r->callers[i]);
	}
	while (!enough(r) && now_s() < end) {
		struct context *c = context_new(++r->swaps % HANDLERS);

		r->swap(r, c);
		RCU(quiescent_state)();
	}
	set(&r->stop, 1);
	for (int i = 0; i < CALLERS; i++)
		thread_join(&r->callers[i].thread);
	RCU(barrier)();
	for (int i = 0; i < CALLERS; i++)
		assert_int_equal(r->callers[i].calls, r->callers[i].seen.calls);
	return seen_by_all(r);
}

static bool much(const struct race *r)
{
	return r->swaps >= 1000 && seen_by_all(r).calls >= 100000;
}

static bool broken(const struct race *r)
{
	struct event e = seen_by_all(r);

	return e.mixed && e.dead;
}

static bool slot_call(struct race *r, struct event *e)
{
	return dispatch_slot_call(&r->slot, e);
}

static bool posted_call(struct race *r, struct event *e)
{
	return dispatch_slot_posted_call(&r->posted, e);
}

static bool table_call(struct race *r, struct event *e)
{
	return dispatch_table_handle(&r->table, 0, e) == 0;
}

static void free_handler(struct dispatch_handler *h)
{
	context_free(h->context);
}

static void slot_swap(struct race *r, struct context *c)
{
	struct dispatch_handler *old;

	assert_int_equal(dispatch_slot_swap(&r->slot, &c->handler, &old), 0);
	free_handler(old);
}

/* Now and then wait, or the ring of contexts would be run through before they are released. */
static void slot_swap_async(struct race *r, struct context *c)
{
	assert_int_equal(dispatch_slot_swap_async(&r->slot, &c->handler, free_handler), 0);
	if (r->swaps % 256 == 0)
		RCU(barrier)();
}

static void table_replace(struct race *r, struct context *c)
{
	struct dispatch_handler *old;

	assert_int_equal(dispatch_table_replace(&r->table, 0, &c->handler, &old), 0);
	free_handler(old);
}

static void table_replace_async(struct race *r, struct context *c)
{
	assert_int_equal(dispatch_table_replace_async(&r->table, 0, &c->handler, free_handler), 0);
	if (r->swaps % 256 == 0)
		RCU(barrier)();
}

static void table_register_again(struct race *r, struct context *c)
{
	struct dispatch_handler *old;

	assert_int_equal(dispatch_table_unregister(&r->table, 0, &old), 0);
	free_handler(old);
	assert_int_equal(dispatch_table_register(&r->table, 0, &c->handler), 0);
}

static void posted_set(struct race *r, struct context *c)
{
	struct context *old = r->current;

	dispatch_slot_posted_set(&r->posted, numbered[c->number], c);
	r->current = c;
	context_free(old);
}

static void must_hold(bool (*call)(struct race *, struct event *),
		      void (*swap)(struct race *, struct context *))
{
	struct race r = {.call = call, .swap = swap};
	struct event e = race_run(&r, much);

	assert_int_equal(e.mixed, 0);
	assert_int_equal(e.dead, 0);
	assert_true(r.swaps > 1 && e.calls > 1000);
}

static void a_slot_mixes_and_loses_nothing(void **state)
{
	(void)state;
	must_hold(slot_call, slot_swap);
}

static void a_slot_releases_later(void **state)
{
	(void)state;
	must_hold(slot_call, slot_swap_async);
}

static void a_table_replaces_whole_pairs(void **state)
{
	(void)state;
	must_hold(table_call, table_replace);
}

static void a_table_releases_later(void **state)
{
	(void)state;
	must_hold(table_call, table_replace_async);
}

static void a_table_unregisters_and_registers(void **state)
{
	(void)state;
	must_hold(table_call, table_register_again);
}

/* Mixed pairs, and contexts used after they were freed. */
static void the_posted_slot_is_seen_to_fail(void **state)
{
	struct race r = {.call = posted_call, .swap = posted_set};
	struct event e = race_run(&r, broken);

	(void)state;
	assert_true(e.mixed > 0);
	assert_true(e.dead > 0);
}

/* -- a handler that is held ------------------------------------------------------------------- */

struct held {
	struct dispatch_slot slot;
	struct dispatch_slot_posted posted;
	void *slots[1];
	struct dispatch_table table;
	struct dispatch_handler handler, next;
	bool (*call)(struct held *h);
	void (*remove)(struct held *h); /* sets `removed` when the handler is given back */
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

static void held_caller(void *arg)
{
	struct held *h = arg;

	h->call(h);
}

static void held_remover(void *arg)
{
	struct held *h = arg;

	set(&h->removing, 1);
	h->remove(h);
}

static bool held_slot_call(struct held *h)
{
	return dispatch_slot_call(&h->slot, NULL);
}

static bool held_table_call(struct held *h)
{
	return dispatch_table_handle(&h->table, 0, NULL) == 0;
}

static bool held_posted_call(struct held *h)
{
	return dispatch_slot_posted_call(&h->posted, NULL);
}

static void on_held_release(struct dispatch_handler *old)
{
	struct held *h = old->context;

	set(&h->removed, 1);
}

static void held_swap(struct held *h)
{
	struct dispatch_handler *old;

	assert_int_equal(dispatch_slot_swap(&h->slot, &h->next, &old), 0);
	on_held_release(old);
}

static void held_swap_async(struct held *h)
{
	assert_int_equal(dispatch_slot_swap_async(&h->slot, NULL, on_held_release), 0);
}

static void held_unregister(struct held *h)
{
	struct dispatch_handler *old;

	assert_int_equal(dispatch_table_unregister(&h->table, 0, &old), 0);
	on_held_release(old);
}

static void held_unregister_async(struct held *h)
{
	assert_int_equal(dispatch_table_unregister_async(&h->table, 0, on_held_release), 0);
}

static void held_replace(struct held *h)
{
	struct dispatch_handler *old;

	assert_int_equal(dispatch_table_replace(&h->table, 0, &h->next, &old), 0);
	on_held_release(old);
}

static void held_replace_async(struct held *h)
{
	assert_int_equal(dispatch_table_replace_async(&h->table, 0, &h->next, on_held_release), 0);
}

static void held_posted_set(struct held *h)
{
	dispatch_slot_posted_set(&h->posted, numbered[0], NULL);
	on_held_release(&h->handler);
}

/* How long the handler is held, at most: where it must not be given back, where it must be seen to.
 */
#define HOLD_MS 30
#define SEE_MS 20000

/* Returns whether the handler was given back while it ran. */
static bool given_back_in_use(bool (*call)(struct held *), void (*remove_)(struct held *),
			      unsigned int ms)
{
	struct held h = {.table = {h.slots, 1, DISPATCH_PACKED},
			 .handler = {.call = be_held, .context = &h},
			 .next = {.call = be_held, .context = &h},
			 .call = call,
			 .remove = remove_};

	h.slot.current = h.slots[0] = &h.handler;
	dispatch_slot_posted_set(&h.posted, be_held, &h);
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

static void nothing_is_given_back_in_use(void **state)
{
	(void)state;
	assert_false(given_back_in_use(held_slot_call, held_swap, HOLD_MS));
	assert_false(given_back_in_use(held_slot_call, held_swap_async, HOLD_MS));
	assert_false(given_back_in_use(held_table_call, held_unregister, HOLD_MS));
	assert_false(given_back_in_use(held_table_call, held_unregister_async, HOLD_MS));
	assert_false(given_back_in_use(held_table_call, held_replace, HOLD_MS));
	assert_false(given_back_in_use(held_table_call, held_replace_async, HOLD_MS));
	assert_true(given_back_in_use(held_posted_call, held_posted_set, SEE_MS));
}

/* -- unregister returns when nobody runs the handler ------------------------------------------ */

#define TRIALS 2000

struct trials {
	void *slots[1];
	struct dispatch_table table;
	lk_u64 stop, returned_in_use;
	struct thread caller;
};

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

static void trials_caller(void *arg)
{
	struct trials *t = arg;

	while (!get(&t->stop)) {
		dispatch_table_handle(&t->table, 0, NULL);
		RCU(quiescent_state)();
	}
}

/* Every other trial waits until the handler runs. */
static void one_trial(struct trials *t, unsigned long number, unsigned long *called)
{
	struct context c = {.handler = {.call = be_counted, .context = &c}};
	struct dispatch_handler *old;

	assert_int_equal(dispatch_table_register(&t->table, 0, &c.handler), 0);
	for (int i = 0; number % 2 && i < 100000 && !get(&c.running); i++) {
		RCU(quiescent_state)();
		if (i % 1000 == 999)
			sched_yield();
	}
	assert_int_equal(dispatch_table_unregister(&t->table, 0, &old), 0);
	assert_ptr_equal(old, &c.handler);
	t->returned_in_use += get(&c.running) != 0;
	*called += c.calls > 0;
}

static void unregister_waits(void **state)
{
	unsigned long trials = setting("LATCHKIT_DISPATCH_TRIALS", 0), called = 0, i;
	/* A slow machine does fewer, unless told how many. */
	double end = now_s() + (trials ? 1e9 : SECONDS);
	struct trials t = {.table = {t.slots, 1, DISPATCH_PACKED}};

	(void)state;
	thread_start(&t.caller, trials_caller, &t);
	for (i = 0; i < (trials ? trials : TRIALS) && now_s() < end; i++)
		one_trial(&t, i, &called);
	set(&t.stop, 1);
	thread_join(&t.caller);
	print_message(
		"%lu trials, the handler was called in %lu of them, was running when unregister "
		"returned in %llu\n",
		trials, called, t.returned_in_use);
	assert_int_equal(t.returned_in_use, 0);
	assert_true(called > i / 10);
}

/* -- two at once ------------------------------------------------------------------------------ */

/* Each round a leader and a follower do the same thing to the same slot, a little apart. */
struct duel {
	struct dispatch_slot slot;
	void *slots[1];
	struct dispatch_table table;
	void (*act)(struct duel *d, int who);
	struct dispatch_handler first, own[2], *old[2];
	int err[2];
	lk_u64 go, done, stop;
	struct thread follower;
};

static void duel_follower(void *arg)
{
	struct duel *d = arg;

	for (lk_u64 round = 1;; round++) {
		while (get(&d->go) != round)
			if (get(&d->stop))
				return;
		d->act(d, 1);
		set(&d->done, round);
	}
}

static void duel_swap(struct duel *d, int who)
{
	d->err[who] = dispatch_slot_put(&d->slot, &d->own[who], &d->old[who]);
}

static void duel_register(struct duel *d, int who)
{
	d->err[who] = dispatch_table_register(&d->table, 0, &d->own[who]);
}

/* The one that was there and one of the two have been given back, the other is there. */
static bool nothing_got_lost(const struct duel *d)
{
	const struct dispatch_handler *current = d->slot.current;
	int later = current == &d->own[0] ? 0 : 1;

	return !d->err[0] && !d->err[1] && current == &d->own[later] &&
	       d->old[later] == &d->own[!later] && d->old[!later] == &d->first;
}

static bool one_got_in(const struct duel *d)
{
	int in = d->err[0] == 0 ? 0 : 1;

	return d->err[in] == 0 && d->err[!in] == -EBUSY && d->slots[0] == &d->own[in];
}

/* Returns how many of the rounds did not end as they should. */
static unsigned int duel(void (*act)(struct duel *, int), bool (*fair)(const struct duel *))
{
	struct duel d = {.act = act, .table = {d.slots, 1, DISPATCH_PACKED}};
	double end = now_s() + 5;
	unsigned int unfair = 0;

	d.first.call = d.own[0].call = d.own[1].call = numbered[0];
	thread_start(&d.follower, duel_follower, &d);
	for (lk_u64 round = 1; round <= 200000 && now_s() < end; round++) {
		d.slot.current = &d.first;
		d.slots[0] = NULL;
		set(&d.go, round);
		/* The follower needs a while to see it. */
		for (volatile lk_u64 i = 0; i < round % 128; i++)
			;
		act(&d, 0);
		while (get(&d.done) != round)
			;
		unfair += !fair(&d);
	}
	set(&d.stop, 1);
	thread_join(&d.follower);
	return unfair;
}

static void two_swap_at_once(void **state)
{
	(void)state;
	assert_int_equal(duel(duel_swap, nothing_got_lost), 0);
}

static void two_register_at_once(void **state)
{
	(void)state;
	assert_int_equal(duel(duel_register, one_got_in), 0);
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
static void the_posted_table_cannot_tell_who_is_registered(void **state)
{
	void *slots[1] = {NULL};
	struct dispatch_table_posted t = {slots, 1};
	struct context *first = context_new(0), *second = context_new(1);
	dispatch_bare_fn *loaded;
	lk_u64 seen = 0;

	(void)state;
	bare_context = first;
	assert_true(dispatch_table_posted_register(&t, 0, bare));
	loaded = dispatch_table_posted_load(&t, 0);
	assert_ptr_equal(dispatch_table_posted_unregister(&t, 0), bare);
	context_free(first);
	bare_context = second;
	assert_true(dispatch_table_posted_register(&t, 0, bare));
	/* To look again does not help: it is the same function. */
	assert_ptr_equal(dispatch_table_posted_load(&t, 0), loaded);
	loaded(&seen);
	assert_int_equal(seen, second->number);
}

const struct CMUnitTest dispatch_races[] = {
	cmocka_unit_test(a_slot_mixes_and_loses_nothing),
	cmocka_unit_test(a_slot_releases_later),
	cmocka_unit_test(a_table_replaces_whole_pairs),
	cmocka_unit_test(a_table_releases_later),
	cmocka_unit_test(a_table_unregisters_and_registers),
	cmocka_unit_test(the_posted_slot_is_seen_to_fail),
	cmocka_unit_test(nothing_is_given_back_in_use),
	cmocka_unit_test(unregister_waits),
	cmocka_unit_test(two_swap_at_once),
	cmocka_unit_test(two_register_at_once),
	cmocka_unit_test(the_posted_table_cannot_tell_who_is_registered),
};
const size_t dispatch_races_count = sizeof(dispatch_races) / sizeof(dispatch_races[0]);
