// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_refcount.c - the contract of refcount.h: both kinds count, refuse, saturate and count
 * misuse as they say; and of threads that get and put at once exactly one puts the last.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <latchkit/refcount.h>

static lk_u64 warnings[REFCOUNT_WARNINGS];

static lk_u64 warned(enum refcount_warning which)
{
	lk_u64 n = warnings[which];

	warnings[which] = 0;
	for (int i = 0; i < REFCOUNT_WARNINGS; i++)
		assert_int_equal(warnings[i], 0);
	return n;
}

static void nothing_warned(void)
{
	warned(REFCOUNT_WARN_REVIVED);
}

/* -- refcount --------------------------------------------------------------------------------- */

static void a_refcount_counts(void **state)
{
	struct refcount r;

	(void)state;
	refcount_set(&r, 1);
	assert_int_equal(refcount_read(&r), 1);
	refcount_inc(&r, warnings);
	assert_true(refcount_inc_not_zero(&r, warnings));
	assert_int_equal(refcount_read(&r), 3);
	assert_false(refcount_dec_and_test(&r, warnings));
	assert_false(refcount_dec_and_test(&r, warnings));
	assert_true(refcount_dec_and_test(&r, warnings));
	assert_int_equal(refcount_read(&r), 0);
	nothing_warned();
}

static void a_refcount_at_0_is_refused(void **state)
{
	struct refcount r;

	(void)state;
	refcount_set(&r, 0);
	assert_false(refcount_inc_not_zero(&r, warnings));
	assert_int_equal(refcount_read(&r), 0);
	nothing_warned();
}

/* Saturated: it stays so, whatever follows, and nobody is told to free. */
static void assert_saturated(struct refcount *r)
{
	for (int i = 0; i < 3; i++) {
		assert_true(refcount_read(r) > REFCOUNT_MAX);
		assert_true(refcount_inc_not_zero(r, warnings));
		assert_int_equal(warned(REFCOUNT_WARN_OVERFLOW), 1);
		refcount_inc(r, warnings);
		assert_int_equal(warned(REFCOUNT_WARN_OVERFLOW), 1);
		assert_false(refcount_dec_and_test(r, warnings));
		assert_int_equal(warned(REFCOUNT_WARN_UNDERFLOW), 1);
	}
	assert_int_equal(refcount_read(r), REFCOUNT_SATURATED);
}

static void a_refcount_saturates_when_revived(void **state)
{
	struct refcount r;

	(void)state;
	refcount_set(&r, 0);
	refcount_inc(&r, warnings);
	assert_int_equal(warned(REFCOUNT_WARN_REVIVED), 1);
	assert_saturated(&r);
}

static void a_refcount_saturates_at_the_top(void **state)
{
	struct refcount r;

	(void)state;
	refcount_set(&r, REFCOUNT_MAX - 1);
	refcount_inc(&r, warnings);
	assert_int_equal(refcount_read(&r), REFCOUNT_MAX);
	nothing_warned();
	refcount_inc(&r, warnings);
	assert_int_equal(warned(REFCOUNT_WARN_OVERFLOW), 1);
	assert_saturated(&r);
	refcount_set(&r, REFCOUNT_MAX);
	assert_true(refcount_inc_not_zero(&r, warnings));
	assert_int_equal(warned(REFCOUNT_WARN_OVERFLOW), 1);
	assert_saturated(&r);
	refcount_set(&r, REFCOUNT_MAX);
	assert_false(refcount_dec_and_test(&r, warnings));
	assert_int_equal(refcount_read(&r), REFCOUNT_MAX - 1);
	nothing_warned();
}

static void a_refcount_saturates_below_0(void **state)
{
	struct refcount r;

	(void)state;
	refcount_set(&r, 1);
	assert_true(refcount_dec_and_test(&r, warnings));
	assert_false(refcount_dec_and_test(&r, warnings));
	assert_int_equal(warned(REFCOUNT_WARN_UNDERFLOW), 1);
	assert_saturated(&r);
}

static void a_refcount_is_revived_from_0_only(void **state)
{
	struct refcount r;

	(void)state;
	refcount_set(&r, 0);
	assert_true(refcount_revive(&r));
	assert_int_equal(refcount_read(&r), 1);
	assert_false(refcount_revive(&r));
	assert_int_equal(refcount_read(&r), 1);
	nothing_warned();
}

/* -- rcuref ----------------------------------------------------------------------------------- */

static void an_rcuref_counts(void **state)
{
	struct rcuref r;

	(void)state;
	rcuref_set(&r, 1);
	assert_int_equal(rcuref_read(&r), 1);
	assert_true(rcuref_get(&r, warnings));
	assert_int_equal(rcuref_read(&r), 2);
	assert_false(rcuref_put(&r, warnings));
	assert_true(rcuref_put(&r, warnings));
	assert_int_equal(rcuref_read(&r), 0);
	nothing_warned();
}

static void a_dead_rcuref_is_refused(void **state)
{
	struct rcuref r;

	(void)state;
	rcuref_set(&r, 1);
	assert_true(rcuref_put(&r, warnings));
	for (int i = 0; i < 1000; i++) {
		assert_false(rcuref_get(&r, warnings));
		assert_int_equal(rcuref_read(&r), 0);
		assert_int_equal(r.word, RCUREF_DEAD);
	}
	nothing_warned();
}

static void an_rcuref_counts_puts_of_the_dead(void **state)
{
	struct rcuref r;

	(void)state;
	rcuref_set(&r, 1);
	assert_true(rcuref_put(&r, warnings));
	for (int i = 0; i < 3; i++) {
		assert_false(rcuref_put(&r, warnings));
		assert_int_equal(warned(REFCOUNT_WARN_UNDERFLOW), 1);
		assert_int_equal(r.word, RCUREF_DEAD);
	}
	assert_false(rcuref_get(&r, warnings));
	nothing_warned();
}

/* A get between the two steps of the last put: it has it, and that put is not the last. */
static void an_rcuref_is_got_while_it_is_put(void **state)
{
	struct rcuref r;

	(void)state;
	rcuref_set(&r, 1);
	assert_int_equal(order_fetch_add_release(&r.word, ~0ULL) - 1, RCUREF_NOREF);
	assert_true(rcuref_get(&r, warnings));
	assert_false(rcuref_put_slow(&r, warnings, RCUREF_NOREF));
	assert_int_equal(rcuref_read(&r), 1);
	assert_true(rcuref_put(&r, warnings));
	nothing_warned();
}

static void an_rcuref_saturates(void **state)
{
	struct rcuref r = {RCUREF_NEGATIVE - 1};

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(rcuref_get(&r, warnings));
		assert_int_equal(warned(REFCOUNT_WARN_OVERFLOW), 1);
		assert_int_equal(r.word, RCUREF_SATURATED);
		assert_true(rcuref_read(&r) > REFCOUNT_MAX);
	}
	assert_false(rcuref_put(&r, warnings));
	assert_int_equal(warned(REFCOUNT_WARN_UNDERFLOW), 1);
	assert_int_equal(r.word, RCUREF_SATURATED);
}

static void an_rcuref_is_revived_when_dead_only(void **state)
{
	struct rcuref r;

	(void)state;
	rcuref_set(&r, 1);
	assert_false(rcuref_revive(&r));
	assert_true(rcuref_put(&r, warnings));
	assert_true(rcuref_revive(&r));
	assert_int_equal(rcuref_read(&r), 1);
	r.word = RCUREF_SATURATED;
	assert_false(rcuref_revive(&r));
	nothing_warned();
}

static void warnings_need_not_be_counted(void **state)
{
	struct refcount r = {0};
	struct rcuref q = {RCUREF_DEAD};

	(void)state;
	refcount_inc(&r, NULL);
	assert_false(rcuref_put(&q, NULL));
}

/* -- threads ---------------------------------------------------------------------------------- */

/*
 * Many counts start at 1. One thread puts that reference of each in turn, another tries to get one
 * of those that are being put just then, and puts it if it got it. Of each, exactly one put is the
 * last, and nothing is got after that.
 */
#define CELLS 4096
#define AHEAD 4
#define SECONDS 0.3
#define SECONDS_MOST 20

struct cell {
	union {
		struct refcount plain;
		struct rcuref rcu;
	} ref;
	lk_u64 last; /* puts that were */
};

struct race {
	struct cell cells[CELLS];
	void (*set)(struct cell *c);
	bool (*get)(struct race *r, struct cell *c);
	bool (*put)(struct race *r, struct cell *c);
	lk_u64 at, working, stop;
	lk_u64 got, after; /* gets that were granted; that were though there was none left */
	lk_u64 warnings[REFCOUNT_WARNINGS];
};

static void plain_set(struct cell *c)
{
	refcount_set(&c->ref.plain, 1);
}

static bool plain_get(struct race *r, struct cell *c)
{
	return refcount_get(&c->ref.plain, r->warnings);
}

static bool plain_put(struct race *r, struct cell *c)
{
	return refcount_put(&c->ref.plain, r->warnings);
}

static void rcu_set(struct cell *c)
{
	rcuref_set(&c->ref.rcu, 1);
}

static bool rcu_get(struct race *r, struct cell *c)
{
	return rcuref_get(&c->ref.rcu, r->warnings);
}

static bool rcu_put(struct race *r, struct cell *c)
{
	return rcuref_put(&c->ref.rcu, r->warnings);
}

static void put(struct race *r, struct cell *c)
{
	if (r->put(r, c))
		order_fetch_add_acq_rel(&c->last, 1);
}

static void *getter(void *arg)
{
	struct race *r = arg;

	while (!order_load_acquire(&r->stop)) {
		lk_u64 at;

		order_fetch_add_acq_rel(&r->working, 1);
		at = order_load_acquire(&r->at);
		for (lk_u64 i = at; i < at + AHEAD && i < CELLS; i++) {
			if (!r->get(r, &r->cells[i]))
				continue;
			order_fetch_add_relaxed(&r->got, 1);
			if (order_load_acquire(&r->cells[i].last))
				order_fetch_add_relaxed(&r->after, 1);
			put(r, &r->cells[i]);
		}
		order_fetch_add_acq_rel(&r->working, ~0ULL);
	}
	return NULL;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Put all of them. Returns how many did not end as they should. */
static lk_u64 one_batch(struct race *r)
{
	lk_u64 wrong = 0;

	for (lk_u64 i = 0; i < CELLS; i++) {
		r->set(&r->cells[i]);
		r->cells[i].last = 0;
	}
	for (lk_u64 i = 0; i < CELLS; i++) {
		order_store_release(&r->at, i);
		put(r, &r->cells[i]);
	}
	order_store_release(&r->at, CELLS);
	/* The other one sees the end of the batch before it works again. */
	order_fetch_add_acq_rel(&r->working, 0);
	while (order_fetch_add_acq_rel(&r->working, 0))
		sched_yield();
	for (lk_u64 i = 0; i < CELLS; i++)
		wrong += r->cells[i].last != 1;
	return wrong;
}

static void run_race(struct race *r)
{
	double start = now_s();
	lk_u64 wrong = 0, batches = 0;
	pthread_t thread;

	r->at = CELLS;
	assert_int_equal(pthread_create(&thread, NULL, getter, r), 0);
	/* Longer where the two do not meet. */
	for (; now_s() < start + SECONDS || (!r->got && now_s() < start + SECONDS_MOST); batches++)
		wrong += one_batch(r);
	order_store_release(&r->stop, 1);
	pthread_join(thread, NULL);
	print_message("%llu counts, %llu gets granted\n", batches * CELLS, r->got);
	assert_int_equal(wrong, 0);
	assert_int_equal(r->after, 0);
	assert_true(r->got > 0);
	for (int i = 0; i < REFCOUNT_WARNINGS; i++)
		assert_int_equal(r->warnings[i], 0);
}

static void one_puts_the_last_refcount(void **state)
{
	static struct race r = {.set = plain_set, .get = plain_get, .put = plain_put};

	(void)state;
	run_race(&r);
}

static void one_puts_the_last_rcuref(void **state)
{
	static struct race r = {.set = rcu_set, .get = rcu_get, .put = rcu_put};

	(void)state;
	run_race(&r);
}

/* -- order ------------------------------------------------------------------------------------ */

/* What an object's holders did is done before it is freed: ThreadSanitizer says if it is not. */
#define OWNERS 3
#define ROUNDS 500

struct owned {
	struct race race; /* its first cell, and how it is counted */
	unsigned long *data;
};

static void *owner(void *arg)
{
	struct owned *o = arg;

	if (*(volatile unsigned long *)o->data != 1)
		abort();
	if (o->race.put(&o->race, &o->race.cells[0]))
		free(o->data);
	return NULL;
}

static void frees_last(struct owned *o, lk_u64 references)
{
	for (int round = 0; round < ROUNDS; round++) {
		pthread_t threads[OWNERS];

		o->data = malloc(sizeof(*o->data));
		*o->data = 1;
		order_store_relaxed(&o->race.cells[0].ref.plain.word, references);
		for (int i = 0; i < OWNERS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, owner, o), 0);
		for (int i = 0; i < OWNERS; i++)
			pthread_join(threads[i], NULL);
	}
}

static void the_last_refcount_frees(void **state)
{
	static struct owned o = {.race = {.put = plain_put}};

	(void)state;
	frees_last(&o, OWNERS);
	assert_int_equal(refcount_read(&o.race.cells[0].ref.plain), 0);
}

static void the_last_rcuref_frees(void **state)
{
	static struct owned o = {.race = {.put = rcu_put}};

	(void)state;
	frees_last(&o, OWNERS - 1);
	assert_int_equal(rcuref_read(&o.race.cells[0].ref.rcu), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refcount_counts),
		cmocka_unit_test(a_refcount_at_0_is_refused),
		cmocka_unit_test(a_refcount_saturates_when_revived),
		cmocka_unit_test(a_refcount_saturates_at_the_top),
		cmocka_unit_test(a_refcount_saturates_below_0),
		cmocka_unit_test(a_refcount_is_revived_from_0_only),
		cmocka_unit_test(an_rcuref_counts),
		cmocka_unit_test(a_dead_rcuref_is_refused),
		cmocka_unit_test(an_rcuref_counts_puts_of_the_dead),
		cmocka_unit_test(an_rcuref_is_got_while_it_is_put),
		cmocka_unit_test(an_rcuref_saturates),
		cmocka_unit_test(an_rcuref_is_revived_when_dead_only),
		cmocka_unit_test(warnings_need_not_be_counted),
		cmocka_unit_test(one_puts_the_last_refcount),
		cmocka_unit_test(one_puts_the_last_rcuref),
		cmocka_unit_test(the_last_refcount_frees),
		cmocka_unit_test(the_last_rcuref_frees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
