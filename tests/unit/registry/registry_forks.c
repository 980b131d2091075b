// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registry_forks.c - registries in child processes: a child that was not prepared is told so, and
 * never waits for a thread or a lock that stayed with its parent; one that was goes on.
 * A child that hangs after all is ended by its alarm.
 */
#include "registry_test.h"

#ifndef PATIENCE_S
#define PATIENCE_S 60
#endif

static const struct registry_config plain = {.payload_bytes = sizeof(struct payload)};

/* Run try(r) in a child; what it returns, a line or 0, must be 0. */
static void in_a_child(int (*try)(struct registry *r), struct registry *r, bool prepared)
{
	int status;
	pid_t pid;

	if (prepared)
		registry_before_fork();
	pid = fork();
	if (pid == 0) {
		alarm(PATIENCE_S);
		if (prepared)
			registry_after_fork_child();
		_exit(try(r));
	}
	if (prepared)
		registry_after_fork_parent();
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status))
		print_error("in the child, line %d or 256 more\n", WEXITSTATUS(status));
	assert_int_equal(status, 0);
}

/* For children, in which an assertion could not end the test. */
#define MUST(what) \
	do { \
		if (!(what)) \
			return __LINE__; \
	} while (0)

static struct registry *with_objects(size_t count)
{
	struct registry *r = registry_of(&plain);

	for (lk_u64 id = 0; id < count; id++)
		add(r, id);
	return r;
}

/* One whose parent has begun to free objects, in liburcu's thread. */
static struct registry *in_use(void)
{
	struct registry *r = with_objects(100);

	for (lk_u64 id = 50; id < 100; id++)
		assert_int_equal(registry_delete(r, id), 0);
	return r;
}

static int make_one(struct registry *of_parent)
{
	struct registry *r;

	(void)of_parent;
	MUST(registry_create(&r, &plain) == 0);
	for (lk_u64 id = 0; id < 100; id++)
		add(r, id);
	MUST(registry_delete(r, 7) == 0);
	MUST(registry_settle(r) == 0);
	MUST(counted(r, REGISTRY_FREED) == 1);
	MUST(registry_destroy(r, REGISTRY_WAIT) == 0);
	return 0;
}

static int use_orphaned(struct registry *r)
{
	struct registry_object *o = registry_lookup(r, 1);

	MUST(o && registry_id(o) == 1);
	MUST(!has(r, 50));
	MUST(registry_size(r) == 50);
	MUST(!registry_new(r, 1000));
	MUST(registry_insert(r, o) == -ECHILD);
	MUST(registry_delete(r, 2) == -ECHILD);
	MUST(registry_remove(r, o) == -ECHILD);
	MUST(registry_touch(r, o) == -ECHILD);
	MUST(registry_shrink(r, 0, 10) == 0);
	registry_put(r, o);
	MUST(registry_settle(r) == -ECHILD);
	MUST(registry_destroy(r, REGISTRY_WAIT) == REGISTRY_ORPHANED);
	MUST(registry_destroy(r, REGISTRY_LEAK) == REGISTRY_ORPHANED);
	MUST(registry_create(&r, &plain) == -ECHILD && !r);
	return 0;
}

static int go_on(struct registry *r)
{
	MUST(has(r, 1) && !has(r, 50));
	MUST(registry_delete(r, 1) == 0);
	MUST(registry_settle(r) == 0);
	MUST(counted(r, REGISTRY_FREED) == 51);
	add(r, 50);
	MUST(registry_size(r) == 50);
	MUST(registry_destroy(r, REGISTRY_WAIT) == 0);
	return make_one(NULL);
}

/* The parent has made a registry, but freed nothing: there is no thread that could be missing. */
TEST(a_child_makes_its_own)
{
	struct registry *r;

	/* It is the first of all tests. */
	assert_int_equal(REGISTRY_PROCESS.reclaimer, 0);
	r = with_objects(10);
	in_a_child(make_one, r, false);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 0);
}

TEST(an_unprepared_child_is_told)
{
	struct registry *r = in_use();

	in_a_child(use_orphaned, r, false);
	assert_int_equal(registry_delete(r, 1), 0);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 0);
}

TEST(a_prepared_child_goes_on)
{
	struct registry *r = in_use();

	in_a_child(go_on, r, true);
	/* And its parent, with what is its own. */
	assert_int_equal(go_on(r), 0);
}

static int have_orphaned(struct registry *r)
{
	in_a_child(use_orphaned, r, false);
	return registry_delete(r, 1);
}

static int have_prepared(struct registry *r)
{
	in_a_child(go_on, r, true);
	return go_on(r);
}

TEST(each_fork_counts)
{
	struct registry *r = in_use();

	in_a_child(have_orphaned, r, true);
	in_a_child(have_prepared, r, true);
	registry_destroy(r, REGISTRY_WAIT);
}

/* -- a fork while another thread has the mutex ------------------------------------------------ */

static int gate; /* 1: the mutex is held; 2: it may be dropped */

static bool hold(const struct registry_object *o, void *arg)
{
	(void)o;
	(void)arg;
	if (__atomic_load_n(&gate, __ATOMIC_ACQUIRE) == 0) {
		__atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
		while (__atomic_load_n(&gate, __ATOMIC_ACQUIRE) < 2)
			usleep(100);
	}
	return true;
}

static void *shrink(void *r)
{
	RCU(register_thread)();
	registry_shrink(r, 0, 1);
	RCU(unregister_thread)();
	return NULL;
}

TEST(a_lock_that_stayed_with_the_parent_is_not_waited_for)
{
	struct registry_config config = plain;
	struct registry *r;
	pthread_t other;

	config.keep = hold;
	r = registry_of(&config);
	for (lk_u64 id = 0; id < 50; id++)
		add(r, id);
	assert_int_equal(pthread_create(&other, NULL, shrink, r), 0);
	while (__atomic_load_n(&gate, __ATOMIC_ACQUIRE) == 0)
		usleep(100);
	in_a_child(use_orphaned, r, false);
	__atomic_store_n(&gate, 2, __ATOMIC_RELEASE);
	pthread_join(other, NULL);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 0);
}
