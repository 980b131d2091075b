// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_dispatch.c - the contract of dispatch.h, for one flavour of RCU: every error, nesting,
 * layout and what is given back when. Races are in dispatch_races.c, storms in dispatch_storms.c.
 */
#include <signal.h>
#include <sys/wait.h>

#include "dispatch_test.h"

/* -- what the tests share --------------------------------------------------------------------- */

static void *thread_main(void *arg)
{
	struct thread *t = arg;

	RCU(register_thread)();
	t->main(t->arg);
	RCU(unregister_thread)();
	return NULL;
}

void thread_start(struct thread *t, void (*main_)(void *arg), void *arg)
{
	t->main = main_;
	t->arg = arg;
	assert_int_equal(pthread_create(&t->id, NULL, thread_main, t), 0);
}

void thread_join(struct thread *t)
{
	RCU(thread_offline)();
	pthread_join(t->id, NULL);
	RCU(thread_online)();
}

void thread_pause(unsigned int us)
{
	RCU(thread_offline)();
	usleep(us);
	RCU(thread_online)();
}

unsigned long setting(const char *name, unsigned long value)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : value;
}

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

void context_free(struct context *c)
{
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

/* All asynchronous releases so far have happened. */
static void settle(void)
{
	RCU(barrier)();
}

static void slot_answers(void **state)
{
	struct dispatch_handler a = {.call = nothing}, b = {.call = nothing}, none = {0};
	struct dispatch_handler *old = &none;
	struct dispatch_slot slot = {0};

	(void)state;
	released = 0;
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
	settle();
	assert_int_equal(released, 0);
	assert_int_equal(dispatch_slot_swap(&slot, &b, &old), 0);
	assert_ptr_equal(old, &a);
	assert_int_equal(dispatch_slot_swap_async(&slot, &a, on_release), 0);
	settle();
	assert_int_equal(released, 1);
	assert_ptr_equal(last_released, &b);
	assert_int_equal(dispatch_slot_swap_async(&slot, NULL, on_release), 0);
	settle();
	assert_ptr_equal(last_released, &a);
	assert_false(dispatch_slot_call(&slot, NULL));
	assert_int_equal(dispatch_slot_swap(&slot, NULL, &old), 0);
	assert_null(old);
	assert_int_equal(dispatch_slot_swap_async(&slot, NULL, on_release), 0);
	settle();
	assert_int_equal(released, 2);
}

static void table_answers(void **state)
{
	struct dispatch_handler a = {.call = nothing}, b = {.call = nothing}, none = {0}, *old;
	void *slots[3] = {NULL, NULL, &none}; /* the last is beyond the end */
	struct dispatch_table t = {slots, 2, DISPATCH_PACKED};

	(void)state;
	released = 0;
	for (unsigned int bad = 2; bad; bad = bad == 2 ? ~0U : bad == ~0U ? 1U << 31 : 0) {
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
	settle();
	assert_ptr_equal(last_released, &b);
	assert_int_equal(dispatch_table_unregister(&t, 1, &old), 0);
	assert_ptr_equal(old, &a);
	assert_int_equal(dispatch_table_register(&t, 1, &b), 0);
	assert_int_equal(dispatch_table_unregister_async(&t, 1, on_release), 0);
	assert_int_equal(dispatch_table_handle(&t, 1, NULL), -ENOENT);
	settle();
	assert_int_equal(released, 2);
	assert_ptr_equal(slots[2], &none);
}

static void tables_are_laid_out(void **state)
{
	static void *slots[4 * DISPATCH_PADDED] __attribute__((aligned(64)));
	struct dispatch_handler a = {.call = nothing}, *old;

	(void)state;
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

static void waiting_within_a_handler_is_refused(void **state)
{
	struct nest n = {.table = {n.slots, 2, DISPATCH_PACKED},
			 .outer = {.call = outer_call, .context = &n},
			 .inner = {.call = inner_call, .context = &n},
			 .spare = {.call = nothing}};
	struct dispatch_handler *old;

	(void)state;
	assert_int_equal(dispatch_slot_swap(&n.slot, &n.outer, &old), 0);
	assert_int_equal(dispatch_slot_swap(&n.other, &n.inner, &old), 0);
	assert_int_equal(dispatch_table_register(&n.table, 1, &n.spare), 0);
	assert_true(dispatch_slot_call(&n.slot, NULL));
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
	released = 0;
	n->swap = dispatch_slot_swap_async(&n->slot, &n->inner, on_release);
	n->replace = dispatch_table_unregister_async(&n->table, 0, on_release);
	/* Not while this call lasts. */
	usleep(20000);
	n->unregister = (int)released;
}

static void a_handler_may_replace_itself(void **state)
{
	struct nest n = {.table = {n.slots, 2, DISPATCH_PACKED},
			 .outer = {.call = replaces_itself, .context = &n},
			 .inner = {.call = inner_call, .context = &n},
			 .spare = {.call = nothing}};
	struct dispatch_handler *old;

	(void)state;
	assert_int_equal(dispatch_slot_swap(&n.slot, &n.outer, &old), 0);
	assert_int_equal(dispatch_table_register(&n.table, 0, &n.spare), 0);
	assert_true(dispatch_slot_call(&n.slot, NULL));
	assert_int_equal(n.swap, 0);
	assert_int_equal(n.replace, 0);
	assert_int_equal(n.unregister, 0);
	settle();
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

static bool dies(void (*what)(struct dispatch_table_posted *t), struct dispatch_table_posted *t)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		signal(SIGILL, SIG_DFL);
		signal(SIGTRAP, SIG_DFL);
		what(t);
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status);
}

static void handle_beyond(struct dispatch_table_posted *t)
{
	dispatch_table_posted_handle(t, 2, NULL);
}

static void register_beyond(struct dispatch_table_posted *t)
{
	dispatch_table_posted_register(t, 2, bare);
}

static void the_posted_table_works(void **state)
{
	void *slots[2] = {NULL, NULL};
	struct dispatch_table_posted t = {slots, 2};
	int calls = 0;

	(void)state;
	assert_false(dispatch_table_posted_handle(&t, 1, &calls));
	assert_true(dispatch_table_posted_register(&t, 1, bare));
	assert_false(dispatch_table_posted_register(&t, 1, bare));
	assert_true(dispatch_table_posted_handle(&t, 1, &calls));
	assert_int_equal(calls, 1);
	assert_ptr_equal(dispatch_table_posted_unregister(&t, 1), bare);
	assert_null(dispatch_table_posted_unregister(&t, 1));
	assert_false(dispatch_table_posted_handle(&t, 1, &calls));
	assert_true(dies(handle_beyond, &t));
	assert_true(dies(register_beyond, &t));
}

static void the_posted_slot_works(void **state)
{
	struct dispatch_slot_posted slot = {0};
	struct context *c = context_new(1);
	struct event e = {0};

	(void)state;
	assert_false(dispatch_slot_posted_call(&slot, &e));
	dispatch_slot_posted_set(&slot, numbered[1], c);
	assert_true(dispatch_slot_posted_call(&slot, &e));
	assert_int_equal(e.calls, 1);
	assert_int_equal(e.mixed + e.dead, 0);
}

static void a_selector_holds_two_numbers(void **state)
{
	lk_u64 word = 0, selector;

	(void)state;
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
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(slot_answers),
		cmocka_unit_test(table_answers),
		cmocka_unit_test(tables_are_laid_out),
		cmocka_unit_test(waiting_within_a_handler_is_refused),
		cmocka_unit_test(a_handler_may_replace_itself),
		cmocka_unit_test(the_posted_table_works),
		cmocka_unit_test(the_posted_slot_works),
		cmocka_unit_test(a_selector_holds_two_numbers),
	};
	int failed;

	/* What waits for itself ends, too. */
	alarm((unsigned int)setting("LATCHKIT_DISPATCH_SECONDS", SECONDS_AT_MOST));
	RCU(register_thread)();
	failed = cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
	failed += _cmocka_run_group_tests("dispatch races", dispatch_races, dispatch_races_count,
					  NULL, NULL);
	failed += _cmocka_run_group_tests("dispatch storms", dispatch_storms, dispatch_storms_count,
					  NULL, NULL);
	RCU(unregister_thread)();
	return failed;
}
