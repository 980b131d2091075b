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

struct registry_object *add(struct registry *r, lk_u64 id)
{
	struct registry_object *o = registry_new(r, id);
	struct payload *p;

	assert_non_null(o);
	p = registry_payload(o);
	p->id = p->also_id = id;
	assert_int_equal(registry_insert(r, o), 0);
	return o;
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
	assert_int_equal(((struct payload *)registry_payload(o))->id, id);
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

static const struct registry_config plain = {
	.payload_bytes = sizeof(struct payload), .now_ns = clock_now, .poison = true};

/* -- ids and errors --------------------------------------------------------------------------- */

static void ids_are_found_until_deleted(void **state)
{
	const lk_u64 ids[] = {0, 1, 2, 1ULL << 32, 1ULL << 63, ~0ULL - 1, ~0ULL};
	struct registry *r = registry_of(&plain);

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_false(has(r, ids[i]));
		assert_int_equal(registry_delete(r, ids[i]), -ENOENT);
		add(r, ids[i]);
		assert_true(has(r, ids[i]));
		assert_int_equal(registry_size(r), i + 1);
	}
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_int_equal(registry_delete(r, ids[i]), 0);
		assert_false(has(r, ids[i]));
		assert_int_equal(registry_delete(r, ids[i]), -ENOENT);
	}
	assert_int_equal(counted(r, REGISTRY_ABSENT), 2 * sizeof(ids) / sizeof(ids[0]));
	assert_exact(r);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 0);
}

static void duplicates_are_refused(void **state)
{
	struct registry *r = registry_of(&plain);
	struct registry_object *second;

	(void)state;
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

static void bad_configurations_are_refused(void **state)
{
	struct registry_config config = plain;
	struct registry *r;

	(void)state;
	config.buckets = 3;
	assert_int_equal(registry_create(&r, &config), -EINVAL);
	assert_null(r);
	config.buckets = 1ULL << 61; /* in bytes: 0 */
	assert_int_equal(registry_create(&r, &config), -ENOMEM);
	assert_null(r);
	config.buckets = 4;
	config.payload_bytes = 1 << 20;
	assert_int_equal(registry_create(&r, &config), -EINVAL);
	assert_null(r);
}

/* Each size up to the largest, and none above, however large. */
static void payloads_have_the_size_that_was_asked_for(void **state)
{
	const size_t good[] = {0, 1, 8191, 8192}, bad[] = {8193, SIZE_MAX - 56, SIZE_MAX};
	struct registry_config config = {.payload_bytes = 0};
	struct registry_posted *posted;
	struct registry *r;

	(void)state;
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

static struct registry *watched(void)
{
	struct registry_config config = plain;

	config.release = on_release;
	released = 0;
	return registry_of(&config);
}

static void a_pinned_object_outlives_its_deletion(void **state)
{
	struct registry *r = watched();
	struct registry_object *o, *again;

	(void)state;
	add(r, 5);
	o = registry_lookup(r, 5);
	again = registry_lookup(r, 5);
	assert_ptr_equal(o, again);
	assert_int_equal(registry_delete(r, 5), 0);
	assert_int_equal(registry_remove(r, o), -ENOENT);
	registry_settle(r);
	assert_false(has(r, 5));
	assert_int_equal(((struct payload *)registry_payload(o))->also_id, 5);
	registry_put(r, o);
	registry_settle(r);
	assert_int_equal(released, 0);
	registry_put(r, again);
	registry_settle(r);
	assert_int_equal(released, 1);
	assert_int_equal(last_released, 5);
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

static void what_is_removed_by_its_pointer_is_gone(void **state)
{
	struct registry *r = watched();
	struct registry_object *o;

	(void)state;
	add(r, 5);
	o = registry_lookup(r, 5);
	assert_int_equal(registry_remove(r, o), 0);
	assert_false(has(r, 5));
	registry_put(r, o);
	assert_exact(r);
	assert_int_equal(released, 1);
	registry_destroy(r, REGISTRY_WAIT);
}

static void what_a_reader_found_stays_until_it_is_done(void **state)
{
	struct registry *r = watched();
	struct registry_object *o;

	(void)state;
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
	assert_int_equal(((struct payload *)registry_payload(o))->id, 9);
	RCU(read_unlock)();
	registry_settle(r);
	assert_int_equal(released, 1);
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

static void a_put_without_a_get_is_undone(void **state)
{
	struct registry *r = watched();
	struct registry_object *o = add(r, 3);

	(void)state;
	for (int i = 1; i <= 3; i++) {
		registry_put(r, o);
		assert_int_equal(counted(r, REGISTRY_BAD_PUTS), i);
		assert_true(has(r, 3));
	}
	registry_settle(r);
	assert_int_equal(released, 0);
	assert_int_equal(registry_warnings_of(r), 0);
	assert_int_equal(registry_delete(r, 3), 0);
	registry_settle(r);
	assert_int_equal(released, 1);
	registry_destroy(r, REGISTRY_WAIT);
}

/* Of what is not linked: its memory is lost, and that is counted. */
static void a_put_too_many_is_counted(void **state)
{
	struct registry *r = watched();
	struct registry_object *o = add(r, 3);

	(void)state;
	assert_true(registry_get(r, o));
	assert_int_equal(registry_delete(r, 3), 0);
	RCU(read_lock)();
	registry_put(r, o);
	registry_put(r, o);
	assert_int_equal(registry_warnings_of(r), 1);
	RCU(read_unlock)();
	registry_settle(r);
	assert_int_equal(released, 1);
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

static void a_walk_sees_all_once(void **state)
{
	struct registry *r = registry_of(&plain);
	struct walk w = {.count = 0}, part = {.stop_at = 10};

	(void)state;
	assert_int_equal(registry_walk(r, see, &w), 0);
	for (lk_u64 id = 0; id < 100; id++)
		add(r, id);
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
static struct registry *aged(const struct registry_config *config, lk_u64 count)
{
	struct registry *r = registry_of(config);

	order_store_release(&clock_ns, 1000 * SECOND);
	for (lk_u64 id = 0; id < count; id++) {
		add(r, id);
		order_store_release(&clock_ns, clock_ns + SECOND);
	}
	return r;
}

static void the_oldest_are_shed(void **state)
{
	struct registry *r = aged(&plain, 100);

	(void)state;
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
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

static void a_shrinker_does_not_do_more_than_asked(void **state)
{
	struct registry *r = aged(&plain, 500);

	(void)state;
	assert_int_equal(registry_shrink(r, 0, 100), 100);
	assert_int_equal(registry_shrink(r, 0, 333), 333);
	assert_int_equal(registry_shrink(r, 0, 333), 67);
	assert_int_equal(registry_shrink(r, 0, 333), 0);
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

static void what_is_in_use_is_shed_but_stays(void **state)
{
	struct registry *r = aged(&plain, 3);
	struct registry_object *o = registry_lookup(r, 1);

	(void)state;
	assert_int_equal(registry_shrink(r, 0, 10), 3);
	registry_settle(r);
	assert_false(has(r, 1));
	assert_int_equal(((struct payload *)registry_payload(o))->id, 1);
	assert_int_equal(registry_touch(r, o), -ENOENT);
	registry_put(r, o);
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

static bool is_odd(const struct registry_object *o, void *arg)
{
	(void)arg;
	return registry_id(o) % 2;
}

static void what_must_be_kept_is_renewed(void **state)
{
	struct registry_config config = plain;
	struct registry *r;

	(void)state;
	config.keep = is_odd;
	r = aged(&config, 100);
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
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

static void what_is_renewed_is_new(void **state)
{
	struct registry *r = aged(&plain, 10);
	struct registry_object *o = registry_lookup(r, 0);

	(void)state;
	assert_int_equal(registry_touch(r, o), 0);
	assert_int_equal(registry_since_ns(o), clock_ns);
	registry_put(r, o);
	assert_int_equal(registry_shrink(r, SECOND, 1000), 9);
	assert_true(has(r, 0));
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

/* -- memory ----------------------------------------------------------------------------------- */

static void construct(void *payload, void *arg)
{
	struct payload *p = payload;

	(void)arg;
	p->constructed++;
}

static void memory_is_constructed_once_and_reused(void **state)
{
	struct registry_config config = plain;
	struct registry_object *o;
	struct registry *r;

	(void)state;
	config.construct = construct;
	config.poison = false;
	r = registry_of(&config);
	for (int i = 0; i < 20; i++) {
		struct payload *p;

		o = add(r, 1);
		p = registry_payload(o);
		assert_int_equal(p->constructed, 1);
		assert_int_equal(p->reused++, i);
		registry_delete(r, 1);
		registry_settle(r);
	}
	assert_int_equal(r->cache.chunks_most, 1);
	registry_destroy(r, REGISTRY_WAIT);
}

static void poison_shows_who_writes_to_what_is_free(void **state)
{
#ifdef REGISTRY_ASAN
	(void)state;
	print_message("skip: under AddressSanitizer such a write ends the program\n");
	skip();
#else
	struct registry *r = registry_of(&plain);
	struct payload *p = registry_payload(add(r, 1));

	(void)state;
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
static void memory_stays_flat(void **state)
{
	struct registry_config config = plain;
	struct registry *r;
	size_t most;

	(void)state;
	config.poison = false;
	r = registry_of(&config);
	for (lk_u64 id = 0; id < 20000; id++)
		add(r, id);
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
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

/* One resize may be under way, which is too small by now; one follows, and one that frees. */
static void settle_the_table(struct registry *r)
{
	for (int i = 0; i < 3; i++)
		registry_settle(r);
}

/* Lookups while it grows and shrinks, which another thread does. */
static void the_table_is_resized(void **state)
{
	struct registry *r = registry_of(&plain);

	(void)state;
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
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
}

/* -- ids that somebody has chosen ------------------------------------------------------------- */

static size_t longest_chain(struct registry *r)
{
	const struct registry_side *s = registry_hash_side(&r->table);
	size_t longest = 0;

	for (lk_u64 chain = 0; chain <= s->mask; chain++) {
		size_t n = 0;

		for (struct registry_node *at = registry_side_first(s, chain); at;
		     at = registry_side_next(s, at))
			n++;
		longest = n > longest ? n : longest;
	}
	return longest;
}

/* The longest chain of a table that has these ids, and at least as many chains. */
static size_t longest_of(lk_u64 seed, const lk_u64 *ids, size_t count)
{
	struct registry_config config = plain;
	struct registry *r;
	size_t longest;

	config.seed = seed;
	config.buckets = 1 << 15;
	r = registry_of(&config);
	for (size_t i = 0; i < count; i++)
		add(r, ids[i]);
	longest = longest_chain(r);
	registry_destroy(r, REGISTRY_WAIT);
	return longest;
}

/* Chance makes chains of 6 to 8; by 3000 seeds the longest one had 10. */
#define LONG_CHAIN 24
#define CHOSEN 30000

/* Multiplies back what registry_hash_of() multiplies. */
static lk_u64 unmixed(lk_u64 x)
{
	lk_u64 inverse = 0xd6e8feb86659fd93ULL;

	for (int i = 0; i < 6; i++)
		inverse *= 2 - 0xd6e8feb86659fd93ULL * inverse;
	x ^= x >> 32;
	return x * inverse;
}

static void ids_chosen_against_the_hash_are_spread(void **state)
{
	lk_u64 *ids = calloc(CHOSEN, sizeof(*ids));

	(void)state;
	assert_non_null(ids);
	for (lk_u64 i = 0; i < CHOSEN; i++) {
		ids[i] = unmixed(unmixed(i << 32));
		ids[i] ^= ids[i] >> 32;
		assert_int_equal(registry_hash_of(ids[i]) & 0xffffffff, 0);
	}
	for (int i = 0; i < 5; i++)
		assert_true(longest_of(0, ids, CHOSEN) < LONG_CHAIN);
	free(ids);
}

/* Ids that share a chain by one seed: whoever knows it can find them, and by another it is no use.
 */
static void ids_chosen_against_a_seed_are_spread_by_others(void **state)
{
	const struct registry_seed known = registry_seed_of(7);
	lk_u64 ids[500], id = 0;

	(void)state;
	for (size_t n = 0; n < 500; id++)
		if ((registry_hash_seeded(id, &known) & ((1 << 15) - 1)) == 0)
			ids[n++] = id;
	assert_int_equal(longest_of(7, ids, 500), 500);
	assert_true(longest_of(8, ids, 500) < LONG_CHAIN);
	for (int i = 0; i < 5; i++)
		assert_true(longest_of(0, ids, 500) < LONG_CHAIN);
}

/* Ids as programs have them: numbers in a row, multiples, high bits only, addresses. */
static void ordinary_ids_are_spread(void **state)
{
	const lk_u64 factors[] = {1, 4096, 1ULL << 32, 1ULL << 48, 0x100000001ULL};
	lk_u64 *ids = calloc(CHOSEN, sizeof(*ids));

	(void)state;
	assert_non_null(ids);
	for (size_t f = 0; f < 5; f++) {
		for (lk_u64 i = 0; i < CHOSEN; i++)
			ids[i] = i * factors[f];
		for (lk_u64 seed = 1; seed < 4; seed++)
			assert_true(longest_of(seed, ids, CHOSEN) < LONG_CHAIN);
	}
	free(ids);
}

static void each_registry_has_a_seed_of_its_own(void **state)
{
	struct registry_config config = plain;
	struct registry *a = registry_of(&config), *b = registry_of(&config), *c, *d;
	const size_t bytes = sizeof(struct registry_seed);

	(void)state;
	config.seed = 7;
	c = registry_of(&config);
	d = registry_of(&config);
	assert_memory_not_equal(&a->table.sides[0].seed, &b->table.sides[0].seed, bytes);
	assert_memory_not_equal(&a->table.sides[0].seed, &c->table.sides[0].seed, bytes);
	assert_memory_equal(&c->table.sides[0].seed, &d->table.sides[0].seed, bytes);
	assert_memory_equal(&a->table.sides[0].seed, &a->table.sides[1].seed, bytes);
	registry_destroy(a, REGISTRY_WAIT);
	registry_destroy(b, REGISTRY_WAIT);
	registry_destroy(c, REGISTRY_WAIT);
	registry_destroy(d, REGISTRY_WAIT);
}

/* -- memory that fails ------------------------------------------------------------------------ */

/* An allocator that counts, and fails from a certain allocation on, or if too much is asked for. */
struct memory {
	long left; /* allocations that succeed */
	long taken; /* and were not given back */
	size_t most; /* bytes for one that is no chunk; 0: any */
	long refused; /* because it was more */
	const void *watched; /* NULL, or what must not be given back */
	bool gone; /* it was */
	int *stops; /* NULL, or set to 1 by who takes chains, who waits until it is 2 */
};

static void memory_stop(int *stops)
{
	__atomic_compare_exchange_n(stops, &(int){0}, 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	while (__atomic_load_n(stops, __ATOMIC_ACQUIRE) < 2)
		usleep(100);
}

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
	struct registry_config config = plain;
	struct registry *r;
	lk_u64 made = 0;

	config.memory = (struct registry_memory){memory_alloc, memory_free, m};
	if (registry_create(&r, &config)) {
		assert_null(r);
		return false;
	}
	for (lk_u64 id = 0; id < 2000; id++) {
		struct registry_object *o = registry_new(r, id);

		if (!o)
			continue;
		((struct payload *)registry_payload(o))->id = id;
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

static void each_failed_allocation_is_survived(void **state)
{
	long failing = 0;
	bool good;

	(void)state;
	do {
		struct memory m = {.left = failing};

		good = survives(&m);
		assert_int_equal(m.taken, 0);
		failing++;
	} while (!good);
	print_message("%ld allocations, each of them failed once\n", failing - 1);
	assert_true(failing > 4);
}

static struct registry_config of_memory(struct memory *m)
{
	struct registry_config config = plain;

	config.memory = (struct registry_memory){memory_alloc, memory_free, m};
	return config;
}

static void *grow(void *arg)
{
	struct registry *r = arg;

	RCU(register_thread)();
	for (lk_u64 id = 1000; id < 1500; id++)
		add(r, id);
	RCU(unregister_thread)();
	return NULL;
}

/* A lookup that began before the table was resized goes on where it was. */
static void the_old_side_stays_while_somebody_is_there(void **state)
{
	struct memory m = {.left = 1000};
	struct registry_config config = of_memory(&m);
	struct registry *r = registry_of(&config);
	const struct registry_side *s;
	int stops = 0;
	pthread_t other;
	size_t n = 0;

	(void)state;
	for (lk_u64 id = 0; id < REGISTRY_BUCKETS; id++)
		add(r, id);
	m.stops = &stops;
	assert_int_equal(pthread_create(&other, NULL, grow, r), 0);
	RCU(thread_offline)();
	while (!__atomic_load_n(&stops, __ATOMIC_ACQUIRE))
		usleep(100);
	RCU(thread_online)();
	RCU(read_lock)();
	s = registry_hash_side(&r->table);
	m.watched = s->first;
	__atomic_store_n(&stops, 2, __ATOMIC_RELEASE);
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
	RCU(thread_offline)();
	pthread_join(other, NULL);
	RCU(thread_online)();
	settle_the_table(r);
	assert_true(m.gone);
	m.stops = NULL;
	registry_destroy(r, REGISTRY_WAIT);
	assert_int_equal(m.taken, 0);
}

/* Without memory for more chains it works as it is, and now and then tries again. */
static void a_table_without_memory_stays(void **state)
{
	struct memory m = {.left = 1000000, .most = REGISTRY_BUCKETS * sizeof(void *) * 16};
	struct registry_config config = of_memory(&m);
	struct registry *r = registry_of(&config);
	long refused;

	(void)state;
	for (lk_u64 id = 0; id < 3000; id++)
		add(r, id);
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
	for (lk_u64 id = 3010; id < 3000 + 2 * REGISTRY_PAUSE; id++)
		add(r, id);
	settle_the_table(r);
	assert_true(registry_hash_chains(&r->table) >= registry_size(r));
	for (lk_u64 id = 0; id < 3000; id++)
		assert_true(has(r, id));
	assert_exact(r);
	registry_destroy(r, REGISTRY_WAIT);
	assert_int_equal(m.taken, 0);
}

/* -- shutdown --------------------------------------------------------------------------------- */

static void what_is_held_at_shutdown_can_be_left(void **state)
{
	struct memory m = {.left = 1000};
	struct registry_config config = plain;
	struct registry_object *a, *b;
	static struct registry *r; /* what it leaves is not lost */

	(void)state;
	config.memory = (struct registry_memory){memory_alloc, memory_free, &m};
	config.release = on_release;
	released = 0;
	r = registry_of(&config);
	for (lk_u64 id = 0; id < 10; id++)
		add(r, id);
	a = registry_lookup(r, 3);
	b = registry_lookup(r, 4);
	assert_int_equal(registry_destroy(r, REGISTRY_LEAK), 2);
	assert_int_equal(released, 8);
	assert_int_equal(((struct payload *)registry_payload(a))->id, 3);
	registry_put(r, a);
	registry_put(r, b);
	registry_settle(r);
	assert_int_equal(released, 10);
	/* The registry, its latches and the chunk are lost: that is the bargain. */
	assert_true(m.taken >= 2);
}

static void *put_later(void *arg)
{
	void **both = arg;

	RCU(register_thread)();
	RCU(thread_offline)();
	usleep(50000);
	RCU(thread_online)();
	assert_int_equal(released, 9);
	registry_put(both[0], both[1]);
	RCU(unregister_thread)();
	return NULL;
}

static void what_is_held_at_shutdown_can_be_waited_for(void **state)
{
	struct memory m = {.left = 1000};
	struct registry_config config = plain;
	pthread_t thread;
	void *both[2];
	struct registry *r;

	(void)state;
	config.memory = (struct registry_memory){memory_alloc, memory_free, &m};
	config.release = on_release;
	released = 0;
	r = registry_of(&config);
	for (lk_u64 id = 0; id < 10; id++)
		add(r, id);
	both[0] = r;
	both[1] = registry_lookup(r, 3);
	assert_int_equal(pthread_create(&thread, NULL, put_later, both), 0);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 1);
	assert_int_equal(released, 10);
	assert_int_equal(m.taken, 0);
	pthread_join(thread, NULL);
}

static void nothing_is_inserted_at_shutdown(void **state)
{
	struct registry *r = registry_of(&plain);
	struct registry_object *o = registry_new(r, 1);

	(void)state;
	registry_close(r);
	assert_int_equal(registry_insert(r, o), -ESHUTDOWN);
	registry_put(r, o);
	assert_int_equal(registry_destroy(r, REGISTRY_WAIT), 0);
}

/* -- statistics ------------------------------------------------------------------------------- */

static void lookups_are_counted_where_wanted(void **state)
{
	struct registry_config config = plain;
	struct registry *r;

	(void)state;
	config.count_lookups = true;
	r = registry_of(&config);
	add(r, 1);
	for (int i = 0; i < 100; i++) {
		has(r, 1);
		has(r, 2);
	}
	has(r, 1);
	assert_int_equal(counted(r, REGISTRY_HITS), 101);
	assert_int_equal(counted(r, REGISTRY_MISSES), 100);
	registry_destroy(r, REGISTRY_WAIT);
	r = registry_of(&plain);
	add(r, 1);
	has(r, 1);
	assert_int_equal(counted(r, REGISTRY_HITS), 0);
	registry_destroy(r, REGISTRY_WAIT);
}

/* Each CPU's latch is refused to some: writers that meet must not lose anything. */
#define ADDERS 3
#define ADDS 50000

static void *adder(void *arg)
{
	for (int i = 0; i < ADDS; i++)
		registry_counts_add(arg, REGISTRY_HITS);
	return NULL;
}

static void no_count_is_lost(void **state)
{
	struct registry *r = registry_of(&plain);
	pthread_t threads[ADDERS];
	lk_u64 last = 0;

	(void)state;
	/* All on one latch. */
	r->counts.cpus = 1;
	for (int i = 0; i < ADDERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, adder, &r->counts), 0);
	while (last < ADDERS * ADDS) {
		lk_u64 now = counted(r, REGISTRY_HITS);

		assert_true(now >= last);
		last = now;
		sched_yield();
	}
	for (int i = 0; i < ADDERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(counted(r, REGISTRY_HITS), ADDERS * ADDS);
	r->counts.cpus = (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
	registry_destroy(r, REGISTRY_WAIT);
}

/* As if as many writers as there are ways were interrupted on this CPU. */
static void a_refused_count_goes_elsewhere(void **state)
{
	const struct registry_memory memory = {registry_memory_alloc, registry_memory_free, NULL};
	struct registry_counts c = {.cpus = 0};
	lk_u64 counts[REGISTRY_COUNTS];

	(void)state;
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

static int begin(void **state)
{
	(void)state;
	RCU(register_thread)();
	return 0;
}

static int end(void **state)
{
	(void)state;
	RCU(unregister_thread)();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_found_until_deleted),
		cmocka_unit_test(duplicates_are_refused),
		cmocka_unit_test(bad_configurations_are_refused),
		cmocka_unit_test(payloads_have_the_size_that_was_asked_for),
		cmocka_unit_test(a_pinned_object_outlives_its_deletion),
		cmocka_unit_test(what_is_removed_by_its_pointer_is_gone),
		cmocka_unit_test(what_a_reader_found_stays_until_it_is_done),
		cmocka_unit_test(a_put_without_a_get_is_undone),
		cmocka_unit_test(a_put_too_many_is_counted),
		cmocka_unit_test(a_walk_sees_all_once),
		cmocka_unit_test(the_oldest_are_shed),
		cmocka_unit_test(a_shrinker_does_not_do_more_than_asked),
		cmocka_unit_test(what_is_in_use_is_shed_but_stays),
		cmocka_unit_test(what_must_be_kept_is_renewed),
		cmocka_unit_test(what_is_renewed_is_new),
		cmocka_unit_test(memory_is_constructed_once_and_reused),
		cmocka_unit_test(poison_shows_who_writes_to_what_is_free),
		cmocka_unit_test(memory_stays_flat),
		cmocka_unit_test(the_table_is_resized),
		cmocka_unit_test(the_old_side_stays_while_somebody_is_there),
		cmocka_unit_test(ids_chosen_against_the_hash_are_spread),
		cmocka_unit_test(ids_chosen_against_a_seed_are_spread_by_others),
		cmocka_unit_test(ordinary_ids_are_spread),
		cmocka_unit_test(each_registry_has_a_seed_of_its_own),
		cmocka_unit_test(a_table_without_memory_stays),
		cmocka_unit_test(each_failed_allocation_is_survived),
		cmocka_unit_test(what_is_held_at_shutdown_can_be_left),
		cmocka_unit_test(what_is_held_at_shutdown_can_be_waited_for),
		cmocka_unit_test(nothing_is_inserted_at_shutdown),
		cmocka_unit_test(lookups_are_counted_where_wanted),
		cmocka_unit_test(no_count_is_lost),
		cmocka_unit_test(a_refused_count_goes_elsewhere),
	};
	/* First: what a child may do depends on whether its parent has freed an object yet. */
	int failed =
		_cmocka_run_group_tests("forks", registry_forks, registry_forks_count, begin, end);

	failed += cmocka_run_group_tests(tests, begin, end);
	return failed +
	       _cmocka_run_group_tests("races", registry_races, registry_races_count, begin, end);
}
