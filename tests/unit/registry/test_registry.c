// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_registry.c - the contract of registry.h, for one flavour of RCU: errors, lives of objects,
 * ages, memory and shutdown. Threads, and the registry as published, are in registry_races.c.
 */
#include "registry_test.h"

/* -- what the tests share --------------------------------------------------------------------- */

__thread void (*when_dropped)(void *registry);

lk_u64 clock_ns;

lk_u64 clock_now(void)
{
	return order_load_acquire(&clock_ns);
}

struct registry *registry_of(const struct registry_config *config)
{
	struct registry *r;

	assert_int_equal(registry_create(&r, config), 0);
	return r;
}

struct registry *registry_plain(void)
{
	return registry_with(.poison = true);
}

struct registry_object *object_of(struct registry *r, lk_u64 id)
{
	struct registry_object *o = registry_new(r, id);

	if (o)
		payload(o)->id = payload(o)->also_id = id;
	return o;
}

struct registry_object *add(struct registry *r, lk_u64 id)
{
	struct registry_object *o = object_of(r, id);

	assert_non_null(o);
	assert_int_equal(registry_insert(r, o), 0);
	return o;
}

void add_ids(struct registry *r, lk_u64 from, lk_u64 below)
{
	for (; from < below; from++)
		add(r, from);
}

lk_u64 counted(struct registry *r, enum registry_count which)
{
	lk_u64 counts[REGISTRY_COUNTS];

	registry_counts_of(r, counts);
	return counts[which];
}

bool has(struct registry *r, lk_u64 id)
{
	struct registry_object *o = registry_lookup(r, id);

	if (!o)
		return false;
	assert_int_equal(registry_id(o), id);
	assert_int_equal(payload(o)->id, id);
	registry_put(r, o);
	return true;
}

void assert_exact(struct registry *r)
{
	lk_u64 counts[REGISTRY_COUNTS];

	registry_settle(r);
	registry_counts_of(r, counts);
	assert_int_equal(registry_warnings_of(r), 0);
	assert_int_equal(counts[REGISTRY_BAD_PUTS], 0);
	assert_int_equal(r->cache.overwritten, 0);
	assert_int_equal(counts[REGISTRY_MADE] - counts[REGISTRY_FREED], r->cache.in_use);
	assert_int_equal(r->cache.in_use, registry_size(r));
	assert_int_equal(counts[REGISTRY_INSERTED],
			 counts[REGISTRY_DELETED] + counts[REGISTRY_RECLAIMED] + registry_size(r));
}

void finish(struct registry *r)
{
	assert_exact(r);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 0);
}

/* -- ids and errors --------------------------------------------------------------------------- */

TEST(ids_are_found_until_deleted)
{
	const lk_u64 ids[] = {0, 1, 2, 1ULL << 32, 1ULL << 63, ~0ULL - 1, ~0ULL};
	const size_t count = sizeof(ids) / sizeof(ids[0]);
	struct registry *r = registry_plain();

	for (size_t i = 0; i < count; i++) {
		assert_false(has(r, ids[i]));
		assert_int_equal(registry_delete(r, ids[i]), -ENOENT);
		add(r, ids[i]);
		assert_true(has(r, ids[i]));
		assert_int_equal(registry_size(r), i + 1);
	}
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(registry_delete(r, ids[i]), 0);
		assert_false(has(r, ids[i]));
		assert_int_equal(registry_delete(r, ids[i]), -ENOENT);
	}
	assert_int_equal(counted(r, REGISTRY_ABSENT), 2 * count);
	finish(r);
}

TEST(duplicates_are_refused)
{
	struct registry *r = registry_plain();
	struct registry_object *second;

	add(r, 7);
	second = registry_new(r, 7);
	assert_int_equal(registry_insert(r, second), -EEXIST);
	assert_int_equal(registry_insert(r, second), -EEXIST);
	registry_put(r, second);
	assert_true(has(r, 7));
	assert_int_equal(registry_size(r), 1);
	assert_int_equal(counted(r, REGISTRY_DUPLICATE), 2);
	assert_exact(r);
	assert_int_equal(registry_delete(r, 7), 0);
	add(r, 7);
	assert_true(has(r, 7));
	registry_destroy(r, REGISTRY_WAIT);
}

TEST(bad_configurations_are_refused)
{
	const struct registry_config bad[] = {
		{.payload_bytes = sizeof(struct payload), .buckets = 3},
		{.payload_bytes = 1 << 20, .buckets = 4},
	};
	struct registry *r;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(registry_create(&r, &bad[i]), -EINVAL);
		assert_null(r);
	}
	/* An array of 0 bytes, if that is not seen. */
	assert_int_equal(registry_create(&r, &(struct registry_config){.buckets = 1ULL << 61}),
			 -ENOMEM);
	assert_null(r);
}

/* Each size up to the largest, and none above, however large. */
TEST(payloads_have_the_size_that_was_asked_for)
{
	const size_t good[] = {0, 1, 8191, 8192}, bad[] = {8193, SIZE_MAX - 56, SIZE_MAX};
	struct registry_config config = {.payload_bytes = 0};
	struct registry_posted *posted;
	struct registry *r;

	for (size_t i = 0; i < 4; i++) {
		struct registry_object *o;

		config.payload_bytes = good[i];
		r = registry_of(&config);
		for (lk_u64 id = 0; id < 20; id++) {
			o = registry_new(r, id);
			assert_non_null(o);
			memset(registry_payload(o), 0xff, good[i]);
			assert_int_equal(registry_insert(r, o), 0);
		}
		for (lk_u64 id = 0; id < 20; id++)
			assert_int_equal(registry_delete(r, id), 0);
		assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 0);
	}
	for (size_t i = 0; i < 3; i++) {
		config.payload_bytes = bad[i];
		assert_int_equal(registry_create(&r, &config), -EINVAL);
		assert_null(r);
		assert_int_equal(registry_posted_create(&posted, &config), -EINVAL);
		assert_null(posted);
	}
}

/* -- lives ------------------------------------------------------------------------------------ */

static unsigned int released;
static lk_u64 last_released;

static void on_release(struct registry_object *o, void *arg)
{
	(void)arg;
	last_released = registry_id(o);
	__atomic_fetch_add(&released, 1, __ATOMIC_SEQ_CST);
}

/* All deferred releases so far have happened: so many. */
static void released_are(struct registry *r, unsigned int count)
{
	registry_settle(r);
	assert_int_equal(released, count);
}

/* A registry that counts what it releases. */
static struct registry *watched(void)
{
	released = 0;
	return registry_with(.poison = true, .release = on_release);
}

TEST(a_pinned_object_outlives_its_deletion)
{
	struct registry *r = watched();
	struct registry_object *o, *again;

	add(r, 5);
	o = registry_lookup(r, 5);
	again = registry_lookup(r, 5);
	assert_ptr_equal(o, again);
	assert_int_equal(registry_delete(r, 5), 0);
	assert_int_equal(registry_remove(r, o), -ENOENT);
	registry_settle(r);
	assert_false(has(r, 5));
	assert_int_equal(payload(o)->also_id, 5);
	registry_put(r, o);
	released_are(r, 0);
	registry_put(r, again);
	released_are(r, 1);
	assert_int_equal(last_released, 5);
	finish(r);
}

TEST(what_is_removed_by_its_pointer_is_gone)
{
	struct registry *r = watched();
	struct registry_object *o = add(r, 5);

	assert_true(registry_get(r, o));
	assert_int_equal(registry_remove(r, o), 0);
	assert_false(has(r, 5));
	registry_put(r, o);
	released_are(r, 1);
	finish(r);
}

TEST(what_a_reader_found_stays_until_it_is_done)
{
	struct registry *r = watched();
	struct registry_object *o;

	add(r, 9);
	RCU(read_lock)();
	o = registry_find(r, 9);
	assert_non_null(o);
	assert_int_equal(registry_delete(r, 9), 0);
	assert_null(registry_find(r, 9));
	/* Nobody can get it any more, but its memory is there. */
	assert_false(registry_get(r, o));
	usleep(30000);
	assert_int_equal(__atomic_load_n(&released, __ATOMIC_SEQ_CST), 0);
	assert_int_equal(payload(o)->id, 9);
	RCU(read_unlock)();
	released_are(r, 1);
	finish(r);
}

TEST(a_put_without_a_get_is_undone)
{
	struct registry *r = watched();
	struct registry_object *o = add(r, 3);

	for (int i = 1; i <= 3; i++) {
		registry_put(r, o);
		assert_int_equal(counted(r, REGISTRY_BAD_PUTS), i);
		assert_true(has(r, 3));
	}
	released_are(r, 0);
	assert_int_equal(registry_warnings_of(r), 0);
	assert_int_equal(registry_delete(r, 3), 0);
	released_are(r, 1);
	registry_destroy(r, REGISTRY_WAIT);
}

/* Of what is not linked: its memory is lost, and that is counted. */
TEST(a_put_too_many_is_counted)
{
	struct registry *r = watched();
	struct registry_object *o = add(r, 3);

	assert_true(registry_get(r, o));
	assert_int_equal(registry_delete(r, 3), 0);
	RCU(read_lock)();
	registry_put(r, o);
	registry_put(r, o);
	assert_int_equal(registry_warnings_of(r), 1);
	RCU(read_unlock)();
	released_are(r, 1);
	registry_destroy(r, REGISTRY_WAIT);
}

struct walk {
	lk_u64 seen[100], count, stop_at;
};

static int see(struct registry_object *o, void *arg)
{
	struct walk *w = arg;

	w->seen[registry_id(o)]++;
	return ++w->count == w->stop_at ? 17 : 0;
}

TEST(a_walk_sees_all_once)
{
	struct registry *r = registry_plain();
	struct walk w = {.count = 0}, part = {.stop_at = 10};

	assert_int_equal(registry_walk(r, see, &w), 0);
	add_ids(r, 0, 100);
	for (lk_u64 id = 0; id < 100; id += 2)
		registry_delete(r, id);
	assert_int_equal(registry_walk(r, see, &w), 0);
	assert_int_equal(w.count, 50);
	for (lk_u64 id = 0; id < 100; id++)
		assert_int_equal(w.seen[id], id % 2);
	assert_int_equal(registry_walk(r, see, &part), 17);
	assert_int_equal(part.count, 10);
	registry_destroy(r, REGISTRY_WAIT);
}

/* -- ages ------------------------------------------------------------------------------------- */

#define SECOND 1000000000ULL

/* One object a second, ids 0 to count - 1. */
static struct registry *aged(struct registry *r, lk_u64 count)
{
	order_store_release(&clock_ns, 1000 * SECOND);
	for (lk_u64 id = 0; id < count; id++) {
		add(r, id);
		order_store_release(&clock_ns, clock_ns + SECOND);
	}
	return r;
}

TEST(the_oldest_are_shed)
{
	struct registry *r = aged(registry_plain(), 100);

	/* The newest is 1 s old, the oldest 100. */
	assert_int_equal(registry_shrink(r, 101 * SECOND, 1000), 0);
	assert_int_equal(registry_shrink(r, 91 * SECOND, 1000), 10);
	assert_false(has(r, 9));
	assert_true(has(r, 10));
	/* Not more than asked, whatever batches there are. */
	for (size_t scan = 0; scan < 40; scan++) {
		size_t before = registry_size(r), all = before < scan ? before : scan;

		assert_int_equal(registry_shrink(r, 0, scan), all);
	}
	assert_int_equal(registry_size(r), 0);
	assert_int_equal(counted(r, REGISTRY_RECLAIMED), 100);
	finish(r);
}

TEST(a_shrinker_does_not_do_more_than_asked)
{
	struct registry *r = aged(registry_plain(), 500);

	assert_int_equal(registry_shrink(r, 0, 100), 100);
	assert_int_equal(registry_shrink(r, 0, 333), 333);
	assert_int_equal(registry_shrink(r, 0, 333), 67);
	assert_int_equal(registry_shrink(r, 0, 333), 0);
	finish(r);
}

TEST(what_is_in_use_is_shed_but_stays)
{
	struct registry *r = aged(registry_plain(), 3);
	struct registry_object *o = registry_lookup(r, 1);

	assert_int_equal(registry_shrink(r, 0, 10), 3);
	registry_settle(r);
	assert_false(has(r, 1));
	assert_int_equal(payload(o)->id, 1);
	assert_int_equal(registry_touch(r, o), -ENOENT);
	registry_put(r, o);
	finish(r);
}

static bool is_odd(const struct registry_object *o, void *arg)
{
	(void)arg;
	return registry_id(o) % 2;
}

TEST(what_must_be_kept_is_renewed)
{
	struct registry *r = aged(registry_with(.poison = true, .keep = is_odd), 100);

	assert_int_equal(registry_shrink(r, 51 * SECOND, 1000), 25);
	assert_int_equal(counted(r, REGISTRY_KEPT), 25);
	assert_false(has(r, 48));
	assert_true(has(r, 49));
	assert_true(has(r, 50));
	/* It is as if they were new. */
	assert_int_equal(registry_shrink(r, 51 * SECOND, 1000), 0);
	order_store_release(&clock_ns, clock_ns + 10 * SECOND);
	assert_int_equal(registry_shrink(r, 51 * SECOND, 1000), 5);
	/* All that is left is kept: the work is bounded. */
	assert_int_equal(registry_shrink(r, 0, 1000), 20);
	assert_int_equal(registry_size(r), 50);
	assert_int_equal(counted(r, REGISTRY_KEPT), 25 + 5 + 1000 - 20);
	finish(r);
}

TEST(what_is_renewed_is_new)
{
	struct registry *r = aged(registry_plain(), 10);
	struct registry_object *o = registry_lookup(r, 0);

	assert_int_equal(registry_touch(r, o), 0);
	assert_int_equal(registry_since_ns(o), clock_ns);
	registry_put(r, o);
	assert_int_equal(registry_shrink(r, SECOND, 1000), 9);
	assert_true(has(r, 0));
	finish(r);
}

/* -- memory ----------------------------------------------------------------------------------- */

static void construct(void *payload, void *arg)
{
	struct payload *p = payload;

	(void)arg;
	p->constructed++;
}

TEST(memory_is_constructed_once_and_reused)
{
	struct registry *r = registry_with(.construct = construct);

	for (lk_u64 i = 0; i < 20; i++) {
		struct payload *p = payload(add(r, 1));

		assert_int_equal(p->constructed, 1);
		assert_int_equal(p->reused++, i);
		registry_delete(r, 1);
		registry_settle(r);
	}
	assert_int_equal(r->cache.chunks_most, 1);
	registry_destroy(r, REGISTRY_WAIT);
}

TEST(poison_shows_who_writes_to_what_is_free)
{
#ifdef REGISTRY_ASAN
	skip_with_reason("under AddressSanitizer such a write ends the program");
#else
	struct registry *r = registry_plain();
	struct payload *p = payload(add(r, 1));

	registry_delete(r, 1);
	registry_settle(r);
	assert_int_equal(p->id, 0x6b6b6b6b6b6b6b6bULL);
	p->id = 0;
	add(r, 2);
	assert_int_equal(r->cache.overwritten, 1);
	assert_int_equal(p->id, 2);
	registry_destroy(r, REGISTRY_WAIT);
#endif
}

/* Many times as many as are there at once; memory goes back. */
TEST(memory_stays_flat)
{
	struct registry *r = registry_with(.poison = false);
	size_t most;

	add_ids(r, 0, 20000);
	most = r->cache.chunks;
	assert_true(r->cache.in_use * r->cache.object_bytes < most * REGISTRY_CHUNK_BYTES);
	assert_true(r->cache.in_use * r->cache.object_bytes * 11 / 10 >
		    (most - 1) * REGISTRY_CHUNK_BYTES);
	for (lk_u64 id = 20000; id < 100000; id++) {
		add(r, id);
		registry_shrink(r, 0, 1);
		if (id % 1000 == 0)
			registry_settle(r);
	}
	assert_true(r->cache.chunks_most <= most + 10);
	assert_int_equal(registry_size(r), 20000);
	registry_shrink(r, 0, 20000);
	registry_settle(r);
	assert_int_equal(r->cache.in_use, 0);
	assert_true(r->cache.chunks <= 2);
	finish(r);
}

/* One resize may be under way, which is too small by now; one follows, and one that frees. */
static void settle_the_table(struct registry *r)
{
	for (int i = 0; i < 3; i++)
		registry_settle(r);
}

/* Lookups while it grows and shrinks, which another thread does. */
TEST(the_table_is_resized)
{
	struct registry *r = registry_plain();

	assert_int_equal(registry_hash_chains(&r->table), REGISTRY_BUCKETS);
	for (lk_u64 id = 0; id < 50000; id++) {
		add(r, id);
		assert_true(has(r, id / 2));
		RCU(quiescent_state)();
	}
	settle_the_table(r);
	assert_int_equal(registry_hash_chains(&r->table), 65536);
	for (lk_u64 id = 0; id < 50000; id++) {
		assert_int_equal(registry_delete(r, id), 0);
		assert_int_equal(has(r, id / 2 + 25000), id / 2 + 25000 > id);
		RCU(quiescent_state)();
	}
	settle_the_table(r);
	assert_int_equal(registry_hash_chains(&r->table), REGISTRY_BUCKETS);
	finish(r);
}

/* An allocator that counts, and fails from a certain allocation on, or if too much is asked for. */
struct memory {
	long left; /* allocations that succeed */
	long taken; /* and were not given back */
	size_t most; /* bytes for one that is no chunk; 0: any */
	long refused; /* because it was more */
	const void *watched; /* NULL, or what must not be given back */
	bool gone; /* it was */
	lk_u64 *stops; /* NULL, or set to 1 by who takes chains, who waits until it is 2 */
};

static void memory_stop(lk_u64 *stops)
{
	order_cmpxchg_acq_rel(stops, 0, 1);
	while (get(stops) < 2)
		usleep(100);
}

#define OF_MEMORY(m) .memory = {memory_alloc, memory_free, m}

static void *memory_alloc(size_t align, size_t bytes, void *arg)
{
	struct memory *m = arg;

	if (m->left-- <= 0)
		return NULL;
	if (m->most && bytes > m->most && bytes != REGISTRY_CHUNK_BYTES) {
		m->refused++;
		return NULL;
	}
	if (m->stops && bytes != REGISTRY_CHUNK_BYTES)
		memory_stop(m->stops);
	m->taken++;
	return registry_memory_alloc(align, bytes, NULL);
}

static void memory_free(void *memory, size_t align, size_t bytes, void *arg)
{
	struct memory *m = arg;

	m->taken--;
	if (memory == m->watched)
		m->gone = true;
	registry_memory_free(memory, align, bytes, NULL);
}

/* Returns whether nothing failed. */
static bool survives(struct memory *m)
{
	const struct registry_config config = CONFIG(.poison = true, OF_MEMORY(m));
	struct registry *r;
	lk_u64 made = 0;

	if (registry_create(&r, &config)) {
		assert_null(r);
		return false;
	}
	for (lk_u64 id = 0; id < 2000; id++) {
		struct registry_object *o = object_of(r, id);

		if (!o)
			continue;
		assert_int_equal(registry_insert(r, o), 0);
		made++;
	}
	for (lk_u64 id = 0; id < 2000; id++)
		assert_int_equal(has(r, id), id < made);
	assert_int_equal(counted(r, REGISTRY_NO_MEMORY), 2000 - made);
	assert_exact(r);
	/* And what is freed can be used again. */
	assert_int_equal(registry_shrink(r, 0, 2000), made);
	registry_settle(r);
	registry_destroy(r, REGISTRY_WAIT);
	return made == 2000;
}

TEST(each_failed_allocation_is_survived)
{
	long failing = 0;
	bool good;

	do {
		struct memory m = {.left = failing};

		good = survives(&m);
		assert_int_equal(m.taken, 0);
		failing++;
	} while (!good);
	print_message("%ld allocations, each of them failed once\n", failing - 1);
	assert_true(failing > 4);
}

static void grow(void *registry)
{
	add_ids(registry, 1000, 1500);
}

/* A lookup that began before the table was resized goes on where it was. */
TEST(the_old_side_stays_while_somebody_is_there)
{
	struct memory m = {.left = 1000};
	struct registry *r = registry_with(.poison = true, OF_MEMORY(&m));
	const struct registry_side *s;
	lk_u64 stops = 0;
	struct thread other;
	size_t n = 0;

	add_ids(r, 0, REGISTRY_BUCKETS);
	m.stops = &stops;
	thread_start(&other, grow, r);
	while (!get(&stops))
		thread_pause(100);
	RCU(read_lock)();
	s = registry_hash_side(&r->table);
	m.watched = s->first;
	set(&stops, 2);
	/* It is published while this thread is there. */
	while (registry_hash_side(&r->table) == s)
		usleep(100);
	usleep(50000);
	assert_false(m.gone);
	for (lk_u64 chain = 0; chain <= s->mask; chain++) {
		const struct registry_node *at = registry_side_first(s, chain);

		for (; at; at = registry_side_next(s, at))
			n++;
	}
	assert_true(n >= REGISTRY_BUCKETS);
	RCU(read_unlock)();
	thread_join(&other);
	settle_the_table(r);
	assert_true(m.gone);
	m.stops = NULL;
	registry_destroy(r, REGISTRY_WAIT);
	assert_int_equal(m.taken, 0);
}

/* Without memory for more chains it works as it is, and now and then tries again. */
TEST(a_table_without_memory_stays)
{
	struct memory m = {.left = 1000000, .most = REGISTRY_BUCKETS * sizeof(void *) * 16};
	struct registry *r = registry_with(.poison = true, OF_MEMORY(&m));
	long refused;

	add_ids(r, 0, 3000);
	registry_settle(r);
	refused = m.refused;
	assert_true(refused > 0);
	for (lk_u64 id = 3000; id < 3010; id++) {
		add(r, id);
		registry_settle(r);
	}
	assert_int_equal(m.refused, refused);
	for (lk_u64 id = 0; id < 3000; id++)
		assert_true(has(r, id));
	m.most = 0;
	add_ids(r, 3010, 3000 + 2 * REGISTRY_PAUSE);
	settle_the_table(r);
	assert_true(registry_hash_chains(&r->table) >= registry_size(r));
	for (lk_u64 id = 0; id < 3000; id++)
		assert_true(has(r, id));
	finish(r);
	assert_int_equal(m.taken, 0);
}

/* -- shutdown --------------------------------------------------------------------------------- */

/* With ten objects, which counts what it releases. */
static struct registry *ten(struct memory *m)
{
	struct registry *r = registry_with(.poison = true, OF_MEMORY(m), .release = on_release);

	released = 0;
	add_ids(r, 0, 10);
	return r;
}

TEST(what_is_held_at_shutdown_can_be_left)
{
	struct memory m = {.left = 1000};
	static struct registry *r; /* what it leaves is not lost */
	struct registry_object *a, *b;

	r = ten(&m);
	a = registry_lookup(r, 3);
	b = registry_lookup(r, 4);
	assert_int_equal(registry_destroy(r, REGISTRY_LEAK), 2);
	assert_int_equal(released, 8);
	assert_int_equal(payload(a)->id, 3);
	registry_put(r, a);
	registry_put(r, b);
	released_are(r, 10);
	/* The registry, its latches and the chunk are lost: that is the bargain. */
	assert_true(m.taken >= 2);
}

static void put_later(void *arg)
{
	void **both = arg;

	thread_pause(50000);
	assert_int_equal(released, 9);
	registry_put(both[0], both[1]);
}

TEST(what_is_held_at_shutdown_can_be_waited_for)
{
	struct memory m = {.left = 1000};
	struct registry *r = ten(&m);
	void *both[] = {r, registry_lookup(r, 3)};
	struct thread thread;

	thread_start(&thread, put_later, both);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 1);
	assert_int_equal(released, 10);
	assert_int_equal(m.taken, 0);
	thread_join(&thread);
}

TEST(nothing_is_inserted_at_shutdown)
{
	struct registry *r = registry_plain();
	struct registry_object *o = registry_new(r, 1);

	registry_close(r);
	assert_int_equal(registry_insert(r, o), -ESHUTDOWN);
	registry_put(r, o);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 0);
}

/* -- statistics ------------------------------------------------------------------------------- */

TEST(lookups_are_counted_where_wanted)
{
	struct registry *r = registry_with(.poison = true, .count_lookups = true);

	add(r, 1);
	for (int i = 0; i < 100; i++) {
		has(r, 1);
		has(r, 2);
	}
	has(r, 1);
	assert_int_equal(counted(r, REGISTRY_HITS), 101);
	assert_int_equal(counted(r, REGISTRY_MISSES), 100);
	registry_destroy(r, REGISTRY_WAIT);
	r = registry_plain();
	add(r, 1);
	has(r, 1);
	assert_int_equal(counted(r, REGISTRY_HITS), 0);
	registry_destroy(r, REGISTRY_WAIT);
}

/* Each CPU's latch is refused to some: writers that meet must not lose anything. */
#define ADDERS 3
#define ADDS 50000

static void adder(void *arg)
{
	for (int i = 0; i < ADDS; i++)
		registry_counts_add(arg, REGISTRY_HITS);
}

TEST(no_count_is_lost)
{
	struct registry *r = registry_plain();
	struct thread threads[ADDERS];
	lk_u64 last = 0;

	/* All on one latch. */
	r->counts.cpus = 1;
	threads_start(threads, ADDERS, adder, &r->counts);
	while (last < ADDERS * ADDS) {
		lk_u64 now = counted(r, REGISTRY_HITS);

		assert_true(now >= last);
		last = now;
		sched_yield();
	}
	threads_join(threads, ADDERS);
	assert_int_equal(counted(r, REGISTRY_HITS), ADDERS * ADDS);
	r->counts.cpus = (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
	registry_destroy(r, REGISTRY_WAIT);
}

/* As if as many writers as there are ways were interrupted on this CPU. */
TEST(a_refused_count_goes_elsewhere)
{
	const struct registry_memory memory = {registry_memory_alloc, registry_memory_free, NULL};
	struct registry_counts c = {.cpus = 0};
	lk_u64 counts[REGISTRY_COUNTS];

	assert_int_equal(registry_counts_init(&c, &memory), 0);
	registry_counts_end(&c, &memory);
	c.cpus = 2;
	assert_int_equal(posix_memalign((void **)&c.latches, 64, registry_counts_bytes(&c)), 0);
	memset(c.latches, 0, registry_counts_bytes(&c));
	for (lk_u64 i = 1; i <= 100; i++) {
		lk_u64 *here = c.latches + (size_t)(sched_getcpu() % 2) * REGISTRY_LATCH_WORDS;

		for (unsigned int way = 0; way < LATCH_BANK_WAYS; way++)
			latch_seqcount_latch_begin(latch_bank_latch(here, way, REGISTRY_COUNTS));
		registry_counts_add(&c, REGISTRY_HITS);
		for (unsigned int way = 0; way < LATCH_BANK_WAYS; way++)
			latch_seqcount_latch_end(latch_bank_latch(here, way, REGISTRY_COUNTS));
		registry_counts_read(&c, counts);
		assert_int_equal(counts[REGISTRY_HITS], i);
	}
	free(c.latches);
}

int main(void)
{
	return tests_run("registry", rcu_begin, rcu_end);
}
