// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_scratch_bpf.c - scratch.h in programs on the running kernel: a CPU's buffers one after the
 * other, refused and counted when there are no more, apart from those of other CPUs; what is
 * released wrongly is refused and counted; buffers that are too large for per-CPU maps.
 * Objects: build/tests/bpf/scratch.FORM.COMPILER.ORDERS.bpf.o
 */
#include <bpf/bpf.h>

#include "doctor/try.h"
#include "object.h"
#include "scratch_test.h"

struct loaded {
	struct bpf_image object;
	struct scratch_test *test;
	const lk_u64 *counts;
};

static const char *cannot_load;

/* `entries`: of a map that is a plain array; 0: as it is. */
static void load(struct loaded *l, const char *path, unsigned int entries)
{
	skip_with_reason(cannot_load);
	object_open(&l->object, path);
	if (entries)
		assert_int_equal(
			bpf_map__set_max_entries(
				bpf_object__find_map_by_name(l->object.object, "buffers"), entries),
			0);
	if (bpf_image_load(&l->object))
		fail_msg("%s: %s", path, bpf_image_complaint());
	l->test = (void *)object_global(&l->object, "test");
	l->counts = object_global(&l->object, "counts");
	pin(0);
}

static void unload(struct loaded *l)
{
	pin(-1);
	bpf_image_close(&l->object);
}

/* Returns which one it is; 0: refused. */
static lk_u64 claim(struct loaded *l, lk_u64 stamp)
{
	l->test->stamp = stamp;
	assert_int_equal(bpf_image_run(&l->object, "claim"), 0);
	return l->test->claimed ? l->test->which : 0;
}

static int release(struct loaded *l, lk_u64 way, lk_u64 which)
{
	l->test->way = way;
	l->test->which = which;
	assert_int_equal(bpf_image_run(&l->object, "release"), 0);
	return (int)l->test->error;
}

static lk_u64 counted(struct loaded *l, int which)
{
	assert_int_equal(bpf_image_run(&l->object, "count"), 0);
	return l->counts[which];
}

static void buffers_are_claimed_in_order(void **state)
{
	struct loaded l;
	lk_u64 which[SCRATCH_TEST_WAYS];

	load(&l, *state, 0);
	for (unsigned int way = 0; way < SCRATCH_TEST_WAYS; way++) {
		which[way] = claim(&l, 100 + way);
		assert_int_not_equal(which[way], 0);
		assert_int_equal(l.test->way, way);
		assert_int_equal(l.test->found, 0);
	}
	assert_int_equal(counted(&l, 0), 0);
	assert_int_equal(claim(&l, 1), 0);
	assert_int_equal(claim(&l, 1), 0);
	assert_int_equal(counted(&l, 0), 2);
	assert_int_equal(release(&l, 2, which[2]), 0);
	assert_int_not_equal(which[2] = claim(&l, 7), 0);
	assert_int_equal(l.test->way, 2);
	assert_int_equal(l.test->found, 102);
	for (unsigned int way = 0; way < SCRATCH_TEST_WAYS; way++)
		assert_int_equal(release(&l, way, which[way]), 0);
	assert_int_equal(bpf_image_run(&l.object, "use"), 0);
	assert_int_not_equal(claim(&l, 1), 0);
	assert_int_equal(l.test->way, 0);
	assert_int_equal(counted(&l, 0), 2);
	assert_int_equal(counted(&l, 1), 0);
	unload(&l);
}

static void each_cpu_has_its_own(void **state)
{
	struct loaded l;

	skip_with_reason(one_cpu());
	load(&l, *state, 0);
	for (unsigned int way = 0; way < SCRATCH_TEST_WAYS; way++)
		assert_int_not_equal(claim(&l, 5), 0);
	assert_int_equal(claim(&l, 5), 0);
	pin(1);
	assert_int_not_equal(claim(&l, 6), 0);
	assert_int_equal(l.test->way, 0);
	assert_int_equal(l.test->found, 0);
	unload(&l);
}

static void wrong_releases_are_refused(void **state)
{
	struct loaded l;
	lk_u64 which, again;

	load(&l, *state, 0);
	assert_int_equal(release(&l, 0, 1), SCRATCH_EINVAL); /* not held */
	which = claim(&l, 1);
	assert_int_equal(release(&l, 0, which), 0);
	assert_int_equal(release(&l, 0, which), SCRATCH_EINVAL); /* twice */
	again = claim(&l, 1);
	assert_int_not_equal(again, which);
	assert_int_equal(release(&l, 0, which), SCRATCH_EINVAL); /* it is another one's now */
	assert_int_equal(counted(&l, 1), 3);
	if (!one_cpu()) {
		pin(1);
		which = claim(&l, 1);
		pin(0);
		assert_int_equal(release(&l, 0, which), SCRATCH_EINVAL); /* the other CPU's */
		assert_int_equal(counted(&l, 1), 4);
	}
	assert_int_equal(release(&l, 0, again), 0);
	unload(&l);
}

static void a_cpu_without_buffers_is_refused(void **state)
{
	struct loaded l;

	skip_with_reason(one_cpu());
	load(&l, *state, SCRATCH_TEST_WAYS);
	assert_int_not_equal(claim(&l, 1), 0);
	pin(1);
	assert_int_equal(claim(&l, 1), 0);
	assert_int_equal(counted(&l, 0), 1);
	unload(&l);
}

static void add(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char *kept = strdup(path);

	assert_non_null(kept);
	test_add(buffers_are_claimed_in_order, kept, "%s: in order", name);
	test_add(each_cpu_has_its_own, kept, "%s: each CPU", name);
	if (strstr(name, ".checked."))
		test_add(wrong_releases_are_refused, kept, "%s: wrong releases", name);
	if (strstr(name, ".large."))
		test_add(a_cpu_without_buffers_is_refused, kept, "%s: no buffers", name);
}

int main(void)
{
	struct feature_result result;

	try_bpf_load(&result);
	if (result.state != FEATURE_YES)
		cannot_load = "this host does not let us load BPF programs";
	objects_for_each("scratch.*", add);
	return tests_run("scratch memory", NULL, NULL);
}
