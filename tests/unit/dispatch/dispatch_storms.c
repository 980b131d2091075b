// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dispatch_storms.c - all threads register, replace, unregister and handle on all slots, handlers
 * included; then the counts must agree: each registration that succeeded was returned exactly once,
 * to the thread that unregistered or replaced it or to its release function; its calls are as many
 * as handle reported; and none came after it was returned.
 */
#include "dispatch_test.h"
#include "user/host/random.h"

#define THREADS 4
#define SLOTS 4
#define STEPS 20000

struct registration {
	struct dispatch_handler handler;
	lk_u64 in, given_back, calls, late;
};

static struct storm {
	void *slots[SLOTS * DISPATCH_PADDED];
	struct dispatch_table table;
	/* At most one for each step, and each step within a handler. */
	struct registration registrations[2 * THREADS * STEPS];
	lk_u64 next, seeds;
	lk_u64 answered; /* handle found a handler */
	lk_u64 refused, not_refused; /* of waiting within a handler */
} storm __attribute__((aligned(64)));

static __thread unsigned int depth;
static __thread uint64_t random_state;

static unsigned int draw(unsigned int below)
{
	return (unsigned int)random_below(&random_state, below);
}

static void give_back(struct dispatch_handler *old)
{
	struct registration *r = old->context;

	order_fetch_add_acq_rel(&r->given_back, 1);
}

static void step(void);

static void be_called(void *context, void *event)
{
	struct registration *r = context;

	(void)event;
	order_fetch_add_relaxed(&r->calls, 1);
	if (get(&r->given_back))
		order_fetch_add_relaxed(&r->late, 1);
	if (depth++ == 0 && draw(4) == 0)
		step();
	depth--;
	if (get(&r->given_back))
		order_fetch_add_relaxed(&r->late, 1);
}

static struct registration *registration_new(void)
{
	lk_u64 i = order_fetch_add_relaxed(&storm.next, 1);
	struct registration *r = &storm.registrations[i];

	assert_true(i < sizeof(storm.registrations) / sizeof(storm.registrations[0]));
	r->handler = (struct dispatch_handler){.call = be_called, .context = r};
	return r;
}

/* Within a handler the synchronous forms refuse, outside they do not. */
static void took(int err, struct dispatch_handler **old, struct registration *in)
{
	if (depth)
		order_fetch_add_relaxed(err == -EDEADLK ? &storm.refused : &storm.not_refused, 1);
	else
		assert_true(err == 0 || err == -ENOENT);
	if (!err)
		give_back(*old);
	if (!err && in)
		in->in = 1;
}

static void step(void)
{
	unsigned int i = draw(SLOTS), what = draw(16);
	struct dispatch_handler *old;
	struct registration *r;

	if (what < 7) {
		if (dispatch_table_handle(&storm.table, i, NULL) == 0)
			order_fetch_add_relaxed(&storm.answered, 1);
	} else if (what < 11) {
		r = registration_new();
		r->in = dispatch_table_register(&storm.table, i, &r->handler) == 0;
	} else if (what < 12) {
		took(dispatch_table_unregister(&storm.table, i, &old), &old, NULL);
	} else if (what < 13) {
		dispatch_table_unregister_async(&storm.table, i, give_back);
	} else if (what < 14) {
		r = registration_new();
		took(dispatch_table_replace(&storm.table, i, &r->handler, &old), &old, r);
	} else {
		r = registration_new();
		r->in = dispatch_table_replace_async(&storm.table, i, &r->handler, give_back) == 0;
	}
}

static void storm_main(void *arg)
{
	struct storm *s = arg;

	random_state = order_fetch_add_relaxed(&s->seeds, 1) + 1;
	for (int i = 0; i < STEPS; i++) {
		step();
		RCU(quiescent_state)();
	}
}

static void settle_accounts(void)
{
	struct dispatch_handler *old;
	lk_u64 in = 0, given_back = 0, calls = 0, wrong = 0, late = 0;

	for (unsigned int i = 0; i < SLOTS; i++)
		if (dispatch_table_unregister(&storm.table, i, &old) == 0)
			give_back(old);
	RCU(barrier)();
	for (lk_u64 i = 0; i < storm.next; i++) {
		const struct registration *r = &storm.registrations[i];

		in += r->in;
		given_back += r->given_back;
		wrong += r->in != r->given_back;
		calls += r->calls;
		late += r->late;
	}
	print_message("%llu registrations got in, %llu were given back, %llu calls, %llu waits "
		      "within handlers refused\n",
		      in, given_back, calls, storm.refused);
	assert_true(in > 100 && calls > 100 && storm.refused > 10);
	assert_int_equal(wrong, 0);
	assert_int_equal(in, given_back);
	assert_int_equal(calls, storm.answered);
	assert_int_equal(late, 0);
	assert_int_equal(storm.not_refused, 0);
}

static void storm_on(unsigned int stride)
{
	struct thread threads[THREADS];

	memset(&storm, 0, sizeof(storm));
	storm.table = (struct dispatch_table){storm.slots, SLOTS, stride};
	threads_start(threads, THREADS, storm_main, &storm);
	threads_join(threads, THREADS);
	settle_accounts();
}

TEST(a_storm_on_a_packed_table)
{
	storm_on(DISPATCH_PACKED);
}

TEST(a_storm_on_a_padded_table)
{
	storm_on(DISPATCH_PADDED);
}
