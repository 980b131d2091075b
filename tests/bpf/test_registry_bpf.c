// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_registry_bpf.c - the registries in BPF on the running kernel, by test run: what each
 * function returns, and what it makes of a hash map that is not true any more. Storms and NMIs are
 * in registry_races.c. Usage: registry_bpf [array|kptr]: those objects (all) Objects:
 * build/tests/bpf/registry.KIND.COMPILER.host.bpf.o
 */
#include <bpf/bpf.h>

#include "registry_object.h"

/* -- one at a time ---------------------------------------------------------------------------- */

static void assert_absent(const struct registry_bpf *r, lk_u64 id)
{
	assert_int_equal(registry_ask(r, REGISTRY_DELETE, id, 0, 0), -ENOENT);
	assert_int_equal(registry_ask(r, REGISTRY_LOOKUP, id, 0, 0), -ENOENT);
}

static void each_function_returns_what_it_says(void **state)
{
	static const lk_u64 ids[] = {0, 1, 1ULL << 32, ~0ULL};
	struct registry_bpf *r = registry_begin(*state);

	for (int i = 0; i < 4; i++) {
		assert_absent(r, ids[i]);
		assert_int_equal(registry_ask(r, REGISTRY_INSERT, ids[i], 0, 0), 0);
		assert_int_equal(registry_ask(r, REGISTRY_INSERT, ids[i], 0, 0), -EEXIST);
		assert_int_equal(registry_ask(r, REGISTRY_LOOKUP, ids[i], 0, 0), 0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(registry_ask(r, REGISTRY_DELETE, ids[i], 0, 0), 0);
		assert_absent(r, ids[i]);
	}
	assert_int_equal(r->found->looked, 4);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_DUPLICATE), 4);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_ABSENT), 8);
	registry_end(r);
}

static void a_full_registry_refuses(void **state)
{
	struct registry_file *f = *state;
	struct registry_bpf *r = registry_begin(f);

	for (lk_u64 id = 0; id < REGISTRY_TEST_OBJECTS; id++)
		assert_int_equal(registry_ask(r, REGISTRY_INSERT, id, 0, 0), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(registry_ask(r, REGISTRY_INSERT, 100, 0, 0), -ENOMEM);
	assert_int_equal(registry_count_of(r, f->kptr ? REGISTRY_BPF_FULL : REGISTRY_BPF_NO_OBJECT),
			 3);
	assert_int_equal(registry_ask(r, REGISTRY_DELETE, 5, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 100, 0, 0), 0);
	registry_end(r);
}

/* The object stays as it is for who holds it, while its id is another's. */
static void what_is_held_outlives_its_id(void **state)
{
	struct registry_bpf *r = registry_begin(*state);

	assert_int_equal(registry_ask(r, REGISTRY_HOLD, 7, 0, 0), -ENOENT);
	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 7, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_HOLD, 7, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_HOLD, 7, 1, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_DELETE, 7, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_DELETE, 7, 0, 0), -ENOENT);
	for (lk_u64 id = 10; id < 10 + REGISTRY_TEST_OBJECTS - 2; id++)
		assert_int_equal(registry_ask(r, REGISTRY_INSERT, id, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 7, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_PUT, 0, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_PUT, 0, 0, 0), -ENOENT);
	assert_int_equal(registry_ask(r, REGISTRY_PUT, 0, 1, 0), 0);
	assert_int_equal(r->found->looked, 2);
	registry_end(r);
}

/* -- stale, as by a race: what the hash map said is over -------------------------------------- */

static int ids_of(const struct registry_bpf *r)
{
	return bpf_object__find_map_fd_by_name(r->image.object, "registry_ids");
}

static void say_index(const struct registry_bpf *r, lk_u64 id, unsigned int index)
{
	assert_int_equal(bpf_map_update_elem(ids_of(r), &id, &index, 0), 0);
}

static unsigned int index_of(const struct registry_bpf *r, lk_u64 id)
{
	unsigned int index;

	assert_int_equal(bpf_map_lookup_elem(ids_of(r), &id, &index), 0);
	return index;
}

static void forget(const struct registry_bpf *r, lk_u64 id)
{
	assert_int_equal(bpf_map_delete_elem(ids_of(r), &id), 0);
}

static void a_free_object_is_not_got(void **state)
{
	struct registry_bpf *r = registry_begin(*state);
	unsigned int index;

	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 1, 0, 0), 0);
	index = index_of(r, 1);
	assert_int_equal(registry_ask(r, REGISTRY_DELETE, 1, 0, 0), 0);
	say_index(r, 1, index);
	assert_absent(r, 1);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_DYING), 2);
	forget(r, 1);
	registry_end(r);
}

static void another_object_is_put_back(void **state)
{
	struct registry_bpf *r = registry_begin(*state);

	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 1, 0, 0), 0);
	say_index(r, 2, index_of(r, 1));
	assert_absent(r, 2);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_OTHER), 2);
	forget(r, 2);
	assert_int_equal(registry_ask(r, REGISTRY_LOOKUP, 1, 0, 0), 0);
	registry_end(r);
}

static void an_unlinked_object_is_not_found(void **state)
{
	struct registry_bpf *r = registry_begin(*state);
	unsigned int index;

	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 1, 0, 0), 0);
	index = index_of(r, 1);
	assert_int_equal(registry_ask(r, REGISTRY_HOLD, 1, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_DELETE, 1, 0, 0), 0);
	say_index(r, 1, index);
	assert_absent(r, 1);
	forget(r, 1);
	assert_int_equal(registry_ask(r, REGISTRY_PUT, 0, 0, 0), 0);
	registry_end(r);
}

static void another_slot_is_not_its_own(void **state)
{
	struct registry_bpf *r = registry_begin(*state);

	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 1, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_STALE, 1, 1, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_STALE, 2, 1, 0), -ENOENT);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_OTHER), 1);
	registry_end(r);
}

/* -- all of them ------------------------------------------------------------------------------ */

#define ADD(test, f) test_add(test, f, "%s: %s", strrchr((f)->path, '/') + 1, #test)

static void add_file(const char *path)
{
	struct registry_file *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->kptr = strstr(path, "registry.kptr.") != NULL;
	ADD(each_function_returns_what_it_says, f);
	ADD(a_full_registry_refuses, f);
	ADD(what_is_held_outlives_its_id, f);
	if (f->kptr) {
		ADD(another_slot_is_not_its_own, f);
		ADD(a_tracepoint_finds_it, f);
		ADD(allocation_ends_in_an_nmi, f);
	} else {
		ADD(a_free_object_is_not_got, f);
		ADD(another_object_is_put_back, f);
		ADD(an_unlinked_object_is_not_found, f);
	}
	ADD(nothing_breaks_in_an_nmi, f);
	ADD(nothing_breaks_in_a_storm, f);
}

int main(int argc, char **argv)
{
	char name[64];

	storm_made = setting("LATCHKIT_READS", storm_made);
	snprintf(name, sizeof(name), "registry.%s.*", argc > 1 ? argv[1] : "*");
	objects_for_each(name, add_file);
	if (argc > 2)
		cmocka_set_test_filter(argv[2]);
	return tests_run("registries in BPF", NULL, NULL);
}
