// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_refcount.c - the contract of refcount.h: both kinds count, refuse, saturate and count
 * misuse as they say; and of threads that get and put at once exactly one puts the last.
 */
#include <latchkit/refcount.h>

#include "tests/test.h"

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

/* -- both kinds ------------------------------------------------------------------------------- */

struct kind {
	void (*set)(void *ref, lk_u64 references);
	lk_u64 (*read)(const void *ref);
	bool (*get)(void *ref, lk_u64 *counts);
	bool (*put)(void *ref, lk_u64 *counts);
	bool (*revive)(void *ref);
};

#define KIND(name) \
	static void name##_set_any(void *ref, lk_u64 references) \
	{ \
		name##_set(ref, references); \
	} \
	static lk_u64 name##_read_any(const void *ref) \
	{ \
		return name##_read(ref); \
	} \
	static bool name##_get_any(void *ref, lk_u64 *counts) \
	{ \
		return name##_get(ref, counts); \
	} \
	static bool name##_put_any(void *ref, lk_u64 *counts) \
	{ \
		return name##_put(ref, counts); \
	} \
	static bool name##_revive_any(void *ref) \
	{ \
		return name##_revive(ref); \
	} \
	static const struct kind name = {name##_set_any, name##_read_any, name##_get_any, \
					 name##_put_any, name##_revive_any}

KIND(refcount);
KIND(rcuref);

/* Both are one word. */
union reference {
	struct refcount refcount;
	struct rcuref rcuref;
};

static void counts(void **state)
{
	const struct kind *k = *state;
	union reference r;

	k->set(&r, 1);
	assert_int_equal(k->read(&r), 1);
	assert_true(k->get(&r, warnings));
	assert_true(k->get(&r, warnings));
	assert_int_equal(k->read(&r), 3);
	assert_false(k->put(&r, warnings));
	assert_int_equal(k->read(&r), 2);
	assert_false(k->put(&r, warnings));
	assert_true(k->put(&r, warnings));
	assert_int_equal(k->read(&r), 0);
	nothing_warned();
}

static void is_refused_at_0(void **state)
{
	const struct kind *k = *state;
	union reference r;

	k->set(&r, 1);
	assert_true(k->put(&r, warnings));
	for (int i = 0; i < 1000; i++) {
		assert_false(k->get(&r, warnings));
		assert_int_equal(k->read(&r), 0);
		assert_true(k == &refcount || r.rcuref.word == RCUREF_DEAD);
	}
	nothing_warned();
}

static void is_revived_at_0_only(void **state)
{
	const struct kind *k = *state;
	union reference r;

	k->set(&r, 1);
	assert_false(k->revive(&r));
	assert_true(k->put(&r, warnings));
	assert_true(k->revive(&r));
	assert_int_equal(k->read(&r), 1);
	assert_false(k->revive(&r));
	assert_int_equal(k->read(&r), 1);
	r.rcuref.word = k == &refcount ? REFCOUNT_SATURATED : RCUREF_SATURATED;
	assert_false(k->revive(&r));
	nothing_warned();
}

/* -- refcount --------------------------------------------------------------------------------- */

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

TEST(a_refcount_saturates_when_revived)
{
	struct refcount r;

	refcount_set(&r, 0);
	refcount_inc(&r, warnings);
	assert_int_equal(warned(REFCOUNT_WARN_REVIVED), 1);
	assert_saturated(&r);
}

TEST(a_refcount_saturates_at_the_top)
{
	struct refcount r;

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

TEST(a_refcount_saturates_below_0)
{
	struct refcount r;

	refcount_set(&r, 1);
	assert_true(refcount_dec_and_test(&r, warnings));
	assert_false(refcount_dec_and_test(&r, warnings));
	assert_int_equal(warned(REFCOUNT_WARN_UNDERFLOW), 1);
	assert_saturated(&r);
}

/* -- rcuref ----------------------------------------------------------------------------------- */

TEST(an_rcuref_counts_puts_of_the_dead)
{
	struct rcuref r;

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
TEST(an_rcuref_is_got_while_it_is_put)
{
	struct rcuref r;

	rcuref_set(&r, 1);
	assert_int_equal(order_fetch_add_release(&r.word, ~0ULL) - 1, RCUREF_NOREF);
	assert_true(rcuref_get(&r, warnings));
	assert_false(rcuref_put_slow(&r, warnings, RCUREF_NOREF));
	assert_int_equal(rcuref_read(&r), 1);
	assert_true(rcuref_put(&r, warnings));
	nothing_warned();
}

TEST(an_rcuref_saturates)
{
	struct rcuref r = {RCUREF_NEGATIVE - 1};

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

TEST(warnings_need_not_be_counted)
{
	struct refcount r = {0};
	struct rcuref q = {RCUREF_DEAD};

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
	union reference ref;
	lk_u64 last; /* puts that were */
};

struct race {
	struct cell cells[CELLS];
	const struct kind *kind;
	lk_u64 at, working, stop;
	lk_u64 got, after; /* gets that were granted; that were though there was none left */
	lk_u64 warnings[REFCOUNT_WARNINGS];
};

static void put(struct race *r, struct cell *c)
{
	if (r->kind->put(&c->ref, r->warnings))
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
			if (!r->kind->get(&r->cells[i].ref, r->warnings))
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

/* Put all of them. Returns how many did not end as they should. */
static lk_u64 one_batch(struct race *r)
{
	lk_u64 wrong = 0;

	for (lk_u64 i = 0; i < CELLS; i++) {
		r->kind->set(&r->cells[i].ref, 1);
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

static void one_puts_the_last(void **state)
{
	static struct race r;
	double start = now_s();
	lk_u64 wrong = 0, batches = 0;
	pthread_t thread;

	r = (struct race){.kind = *state, .at = CELLS};
	assert_int_equal(pthread_create(&thread, NULL, getter, &r), 0);
	/* Longer where the two do not meet. */
	for (; now_s() < start + SECONDS || (!r.got && now_s() < start + SECONDS_MOST); batches++)
		wrong += one_batch(&r);
	order_store_release(&r.stop, 1);
	pthread_join(thread, NULL);
	print_message("%llu counts, %llu gets granted\n", batches * CELLS, r.got);
	assert_int_equal(wrong, 0);
	assert_int_equal(r.after, 0);
	assert_true(r.got > 0);
	for (int i = 0; i < REFCOUNT_WARNINGS; i++)
		assert_int_equal(r.warnings[i], 0);
}

/* -- order ------------------------------------------------------------------------------------ */

/* What an object's holders did is done before it is freed: ThreadSanitizer says if it is not. */
#define OWNERS 3
#define ROUNDS 500

struct owned {
	const struct kind *kind;
	union reference ref;
	unsigned long *data;
};

static void *owner(void *arg)
{
	struct owned *o = arg;

	if (*(volatile unsigned long *)o->data != 1)
		abort();
	if (o->kind->put(&o->ref, NULL))
		free(o->data);
	return NULL;
}

static void the_last_frees(void **state)
{
	struct owned o = {.kind = *state};

	for (int round = 0; round < ROUNDS; round++) {
		pthread_t threads[OWNERS];

		o.data = malloc(sizeof(*o.data));
		*o.data = 1;
		o.kind->set(&o.ref, OWNERS);
		for (int i = 0; i < OWNERS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, owner, &o), 0);
		for (int i = 0; i < OWNERS; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(o.kind->read(&o.ref), 0);
	}
}

static const struct {
	CMUnitTestFunction test;
	const char *of_refcount, *of_rcuref;
} both[] = {
	{counts, "a_refcount_counts", "an_rcuref_counts"},
	{is_refused_at_0, "a_refcount_at_0_is_refused", "a_dead_rcuref_is_refused"},
	{is_revived_at_0_only, "a_refcount_is_revived_from_0_only",
	 "an_rcuref_is_revived_when_dead_only"},
	{one_puts_the_last, "one_puts_the_last_refcount", "one_puts_the_last_rcuref"},
	{the_last_frees, "the_last_refcount_frees", "the_last_rcuref_frees"},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		test_add(both[i].test, (void *)&refcount, "%s", both[i].of_refcount);
		test_add(both[i].test, (void *)&rcuref, "%s", both[i].of_rcuref);
	}
	return tests_run("refcount", NULL, NULL);
}
