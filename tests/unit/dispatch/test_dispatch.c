// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_dispatch.c - the contract of dispatch.h, for one flavour of RCU: every error, nesting,
 * layout and what is given back when. Races are in dispatch_races.c, storms in dispatch_storms.c.
 */
#include "dispatch_test.h"

/* -- what the tests share --------------------------------------------------------------------- */

#define CONTEXTS 4096

struct context *context_new(lk_u64 number)
{
	static struct context contexts[CONTEXTS];
	static unsigned int next;
	struct context *c = &contexts[next++ % CONTEXTS];

	*c = (struct context){.handler = {.call = numbered[number], .context = c},
			      .number = number};
	return c;
}

void context_free(struct dispatch_handler *h)
{
	struct context *c = h->context;

	set(&c->number, POISON);
}

static void judge(const struct context *c, struct event *e, lk_u64 number)
{
	lk_u64 seen = get(&c->number);

	e->dead += seen == POISON;
	e->mixed += seen != number && seen != POISON;
}

/* Look at the context twice, some time apart, as a handler that uses it does. */
static void run(void *context, struct event *e, lk_u64 number)
{
	judge(context, e, number);
	for (volatile int i = 0; i < 20; i++)
		;
	judge(context, e, number);
	e->calls++;
}

static void number_0(void *context, void *event)
{
	run(context, event, 0);
}

static void number_1(void *context, void *event)
{
	run(context, event, 1);
}

dispatch_fn *const numbered[HANDLERS] = {number_0, number_1};

/* -- errors ----------------------------------------------------------------------------------- */

static void nothing(void *context, void *event)
{
	(void)context;
	(void)event;
}

static unsigned int released;
static struct dispatch_handler *last_released;

static void on_release(struct dispatch_handler *old)
{
	last_released = old;
	released++;
}

/* All asynchronous releases so far have happened: so many, that one last. */
static void released_are(unsigned int count, const struct dispatch_handler *last)
{
	RCU(barrier)();
	assert_int_equal(released, count);
	assert_ptr_equal(last_released, last);
}

static void nothing_is_released(void)
{
	released = 0;
	last_released = NULL;
}

TEST(slot_answers)
{
	struct dispatch_handler a = {.call = nothing}, b = {.call = nothing}, none = {0};
	struct dispatch_handler *old = &none;
	struct dispatch_slot slot = {0};

	nothing_is_released();
	assert_false(dispatch_slot_call(&slot, NULL));
	assert_int_equal(dispatch_slot_swap(&slot, &none, &old), -EINVAL);
	assert_null(old);
	assert_int_equal(dispatch_slot_swap(&slot, &a, &old), 0);
	assert_null(old);
	assert_true(dispatch_slot_call(&slot, NULL));
	assert_int_equal(dispatch_slot_swap(&slot, &a, &old), -EEXIST);
	assert_null(old);
	assert_int_equal(dispatch_slot_swap(&slot, &none, &old), -EINVAL);
	assert_int_equal(dispatch_slot_swap_async(&slot, &none, on_release), -EINVAL);
	assert_int_equal(dispatch_slot_swap_async(&slot, &b, NULL), -EINVAL);
	assert_int_equal(dispatch_slot_swap_async(&slot, &a, on_release), -EEXIST);
	released_are(0, NULL);
	assert_int_equal(dispatch_slot_swap(&slot, &b, &old), 0);
	assert_ptr_equal(old, &a);
	assert_int_equal(dispatch_slot_swap_async(&slot, &a, on_release), 0);
	released_are(1, &b);
	assert_int_equal(dispatch_slot_swap_async(&slot, NULL, on_release), 0);
	released_are(2, &a);
	assert_false(dispatch_slot_call(&slot, NULL));
	assert_int_equal(dispatch_slot_swap(&slot, NULL, &old), 0);
	assert_null(old);
	assert_int_equal(dispatch_slot_swap_async(&slot, NULL, on_release), 0);
	released_are(2, &a);
}

TEST(table_answers)
{
	struct dispatch_handler a = {.call = nothing}, b = {.call = nothing}, none = {0}, *old;
	void *slots[3] = {NULL, NULL, &none}; /* the last is beyond the end */
	struct dispatch_table t = {slots, 2, DISPATCH_PACKED};

	nothing_is_released();
	for (int i = 0; i < 3; i++) {
		unsigned int bad = (const unsigned int[]){2, ~0U, 1U << 31}[i];

		assert_int_equal(dispatch_table_handle(&t, bad, NULL), -ERANGE);
		assert_int_equal(dispatch_table_register(&t, bad, &a), -ERANGE);
		assert_int_equal(dispatch_table_replace(&t, bad, &a, &old), -ERANGE);
		assert_int_equal(dispatch_table_replace_async(&t, bad, &a, on_release), -ERANGE);
		assert_int_equal(dispatch_table_unregister(&t, bad, &old), -ERANGE);
		assert_int_equal(dispatch_table_unregister_async(&t, bad, on_release), -ERANGE);
	}
	assert_ptr_equal(slots[2], &none);
	assert_int_equal(dispatch_table_register(&t, 0, NULL), -EINVAL);
	assert_int_equal(dispatch_table_register(&t, 0, &none), -EINVAL);
	assert_int_equal(dispatch_table_handle(&t, 0, NULL), -ENOENT);
	assert_int_equal(dispatch_table_unregister(&t, 0, &old), -ENOENT);
	assert_null(old);
	assert_int_equal(dispatch_table_unregister_async(&t, 0, on_release), -ENOENT);
	assert_int_equal(dispatch_table_replace(&t, 0, &a, &old), -ENOENT);
	assert_int_equal(dispatch_table_replace_async(&t, 0, &a, on_release), -ENOENT);
	assert_int_equal(dispatch_table_handle(&t, 0, NULL), -ENOENT);
	assert_int_equal(dispatch_table_register(&t, 1, &a), 0);
	assert_int_equal(dispatch_table_handle(&t, 0, NULL), -ENOENT);
	assert_int_equal(dispatch_table_handle(&t, 1, NULL), 0);
	assert_int_equal(dispatch_table_register(&t, 1, &b), -EBUSY);
	assert_int_equal(dispatch_table_register(&t, 1, &a), -EBUSY);
	assert_ptr_equal(slots[1], &a);
	assert_int_equal(dispatch_table_replace(&t, 1, &none, &old), -EINVAL);
	assert_int_equal(dispatch_table_replace(&t, 1, NULL, &old), -EINVAL);
	assert_int_equal(dispatch_table_replace(&t, 1, &a, &old), -EEXIST);
	assert_int_equal(dispatch_table_replace_async(&t, 1, &a, on_release), -EEXIST);
	assert_int_equal(dispatch_table_replace_async(&t, 1, &b, NULL), -EINVAL);
	assert_int_equal(dispatch_table_unregister_async(&t, 1, NULL), -EINVAL);
	assert_int_equal(dispatch_table_replace(&t, 1, &b, &old), 0);
	assert_ptr_equal(old, &a);
	assert_int_equal(dispatch_table_replace_async(&t, 1, &a, on_release), 0);
	released_are(1, &b);
	assert_int_equal(dispatch_table_unregister(&t, 1, &old), 0);
	assert_ptr_equal(old, &a);
	assert_int_equal(dispatch_table_register(&t, 1, &b), 0);
	assert_int_equal(dispatch_table_unregister_async(&t, 1, on_release), 0);
	assert_int_equal(dispatch_table_handle(&t, 1, NULL), -ENOENT);
	released_are(2, &b);
	assert_ptr_equal(slots[2], &none);
}

TEST(tables_are_laid_out)
{
	static void *slots[4 * DISPATCH_PADDED] __attribute__((aligned(64)));
	struct dispatch_handler a = {.call = nothing}, *old;

	for (int padded = 0; padded < 2; padded++) {
		struct dispatch_table t = {slots, 4, padded ? DISPATCH_PADDED : DISPATCH_PACKED};

		for (unsigned int i = 0; i < 4; i++) {
			size_t at = padded ? i * 64 / sizeof(void *) : i;

			assert_int_equal(dispatch_table_register(&t, i, &a), 0);
			for (size_t j = 0; j < 4 * DISPATCH_PADDED; j++)
				assert_ptr_equal(slots[j], j == at ? &a : NULL);
			assert_int_equal(dispatch_table_unregister(&t, i, &old), 0);
		}
	}
}

/* -- within handlers -------------------------------------------------------------------------- */

struct nest {
	struct dispatch_slot slot, other;
	struct dispatch_table table;
	void *slots[2];
	struct dispatch_handler outer, inner, spare;
	int swap, unregister, replace, after_inner; /* what was answered */
	unsigned int inner_calls;
};

static void inner_call(void *context, void *event)
{
	struct nest *n = context;

	(void)event;
	n->inner_calls++;
}

/* Make `outer` the handler of the slot, others of the other slot and the table; and call it. */
static void nest_call(struct nest *n, dispatch_fn *outer)
{
	struct dispatch_handler *old;

	*n = (struct nest){.table = {n->slots, 2, DISPATCH_PACKED},
			   .outer = {.call = outer, .context = n},
			   .inner = {.call = inner_call, .context = n},
			   .spare = {.call = nothing}};
	assert_int_equal(dispatch_slot_swap(&n->slot, &n->outer, &old), 0);
	assert_int_equal(dispatch_slot_swap(&n->other, &n->inner, &old), 0);
	assert_int_equal(dispatch_table_register(&n->table, 1, &n->spare), 0);
	assert_true(dispatch_slot_call(&n->slot, NULL));
}

/* Every synchronous form is refused, before and after a call of another handler. */
static void outer_call(void *context, void *event)
{
	struct nest *n = context;
	struct dispatch_handler *old;

	n->swap = dispatch_slot_swap(&n->slot, &n->spare, &old);
	n->unregister = dispatch_table_unregister(&n->table, 1, &old);
	n->replace = dispatch_table_replace(&n->table, 1, &n->spare, &old);
	dispatch_slot_call(&n->other, event);
	n->after_inner = dispatch_slot_swap(&n->slot, &n->spare, &old);
}

TEST(waiting_within_a_handler_is_refused)
{
	struct dispatch_handler *old;
	struct nest n;

	nest_call(&n, outer_call);
	assert_int_equal(n.swap, -EDEADLK);
	assert_int_equal(n.unregister, -EDEADLK);
	assert_int_equal(n.replace, -EDEADLK);
	assert_int_equal(n.after_inner, -EDEADLK);
	assert_int_equal(n.inner_calls, 1);
	assert_ptr_equal(n.slot.current, &n.outer);
	assert_ptr_equal(n.slots[1], &n.spare);
	assert_int_equal(dispatch_slot_swap(&n.slot, NULL, &old), 0);
	assert_ptr_equal(old, &n.outer);
}

static void replaces_itself(void *context, void *event)
{
	struct nest *n = context;

	(void)event;
	nothing_is_released();
	n->swap = dispatch_slot_swap_async(&n->slot, &n->inner, on_release);
	n->replace = dispatch_table_unregister_async(&n->table, 1, on_release);
	/* Not while this call lasts. */
	usleep(20000);
	n->unregister = (int)released;
}

TEST(a_handler_may_replace_itself)
{
	struct dispatch_handler *old;
	struct nest n;

	nest_call(&n, replaces_itself);
	assert_int_equal(n.swap, 0);
	assert_int_equal(n.replace, 0);
	assert_int_equal(n.unregister, 0);
	RCU(barrier)();
	assert_int_equal(released, 2);
	assert_true(dispatch_slot_call(&n.slot, NULL));
	assert_int_equal(n.inner_calls, 1);
	assert_int_equal(dispatch_slot_swap(&n.slot, NULL, &old), 0);
}

/* -- as published, and the selector ----------------------------------------------------------- */

static void bare(void *event)
{
	*(int *)event += 1;
}

static void handle_beyond(void *t)
{
	dispatch_table_posted_handle(t, 2, NULL);
}

static void register_beyond(void *t)
{
	dispatch_table_posted_register(t, 2, bare);
}

TEST(the_posted_table_works)
{
	void *slots[2] = {NULL, NULL};
	struct dispatch_table_posted t = {slots, 2};
	int calls = 0;

	assert_false(dispatch_table_posted_handle(&t, 1, &calls));
	assert_true(dispatch_table_posted_register(&t, 1, bare));
	assert_false(dispatch_table_posted_register(&t, 1, bare));
	assert_true(dispatch_table_posted_handle(&t, 1, &calls));
	assert_int_equal(calls, 1);
	assert_ptr_equal(dispatch_table_posted_unregister(&t, 1), bare);
	assert_null(dispatch_table_posted_unregister(&t, 1));
	assert_false(dispatch_table_posted_handle(&t, 1, &calls));
	assert_true(WIFSIGNALED(child_status(handle_beyond, &t)));
	assert_true(WIFSIGNALED(child_status(register_beyond, &t)));
}

TEST(the_posted_slot_works)
{
	struct dispatch_slot_posted slot = {0};
	struct context *c = context_new(1);
	struct event e = {0};

	assert_false(dispatch_slot_posted_call(&slot, &e));
	dispatch_slot_posted_set(&slot, numbered[1], c);
	assert_true(dispatch_slot_posted_call(&slot, &e));
	assert_int_equal(e.calls, 1);
	assert_int_equal(e.mixed + e.dead, 0);
}

TEST(a_selector_holds_two_numbers)
{
	lk_u64 word = 0, selector;

	dispatch_selector_set(&word, dispatch_selector(~0U, 7));
	selector = dispatch_selector_get(&word);
	assert_int_equal(dispatch_selector_handler(selector), ~0U);
	assert_int_equal(dispatch_selector_context(selector), 7);
	dispatch_selector_set(&word, dispatch_selector(7, ~0U));
	selector = dispatch_selector_get(&word);
	assert_int_equal(dispatch_selector_handler(selector), 7);
	assert_int_equal(dispatch_selector_context(selector), ~0U);
}

/* -- main ------------------------------------------------------------------------------------- */

#define SECONDS_AT_MOST 100

int main(void)
{
	/* What waits for itself ends, too. */
	alarm((unsigned int)setting("LATCHKIT_DISPATCH_SECONDS", SECONDS_AT_MOST));
	return tests_run("dispatch", rcu_begin, rcu_end);
}
