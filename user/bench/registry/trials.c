// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trials.c - see bench/registry/trials.h. */
#define _LGPL_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#define REGISTRY_RCU memb
#include <latchkit/registry.h>

#include "bench/registry/memory.h"
#include "bench/registry/subject.h"
#include "host/clock.h"
#include "host/random.h"
#include "bench/registry/trials.h"

/* -- allocation ------------------------------------------------------------------------------- */

#define OBJECTS 4096
#define ROUNDS 15

struct object {
	struct registry_object header;
	struct bench_payload payload;
	struct cds_list_head ready; /* what a constructor is for */
};

static void construct(void *object, void *arg)
{
	struct object *o = object;

	(void)arg;
	memset(o, 0, sizeof(*o));
	CDS_INIT_LIST_HEAD(&o->ready);
}

static void use(struct object *o, lk_u64 i)
{
	o->header.node.id = i;
	o->payload.words[0] = i;
	__asm__ volatile("" : : "r"(o) : "memory");
}

static double with_cache(struct registry_cache *c, struct object **objects)
{
	uint64_t start = clock_now_ns();

	for (lk_u64 i = 0; i < OBJECTS; i++) {
		objects[i] = registry_cache_alloc(c);
		use(objects[i], i);
	}
	for (lk_u64 i = 0; i < OBJECTS; i++)
		registry_cache_free(c, objects[i]);
	return (double)(clock_now_ns() - start) / OBJECTS;
}

static double with_malloc(struct object **objects)
{
	uint64_t start = clock_now_ns();

	for (lk_u64 i = 0; i < OBJECTS; i++) {
		objects[i] = malloc(sizeof(struct object));
		construct(objects[i], NULL);
		use(objects[i], i);
	}
	for (lk_u64 i = 0; i < OBJECTS; i++)
		free(objects[i]);
	return (double)(clock_now_ns() - start) / OBJECTS;
}

int bench_try_allocation(struct bench_allocation *found)
{
	struct registry_cache c = {.construct = construct,
				   .spare = 2 * OBJECTS,
				   .memory = {registry_memory_alloc, registry_memory_free, NULL}};
	struct object **objects = calloc(OBJECTS, sizeof(*objects));
	double cache[ROUNDS], heap[ROUNDS];

	if (!objects || registry_cache_init(&c, sizeof(struct object))) {
		free(objects);
		return -ENOMEM;
	}
	/* The first round warms both up. */
	for (int i = -1; i < ROUNDS; i++) {
		cache[i < 0 ? 0 : i] = with_cache(&c, objects);
		heap[i < 0 ? 0 : i] = with_malloc(objects);
	}
	registry_cache_end(&c);
	free(objects);
	found->cache_ns = bench_estimate_of(cache, ROUNDS);
	found->malloc_ns = bench_estimate_of(heap, ROUNDS);
	found->ratio = bench_ratio_of(cache, heap, ROUNDS);
	return 0;
}

/* -- flat memory ------------------------------------------------------------------------------ */

static void cycle(struct registry *r, size_t objects, struct bench_flat *found, int number,
		  double before)
{
	uint64_t start;

	for (lk_u64 id = 0; id < objects; id++) {
		struct registry_object *o = registry_new(r, id);

		if (o && registry_insert(r, o))
			registry_put(r, o);
	}
	found->full_bytes[number] = bench_resident_bytes() - before;
	start = clock_now_ns();
	while (registry_shrink(r, 0, 4096))
		;
	found->shed_per_s = (double)objects * 1e9 / (double)(clock_now_ns() - start);
	registry_settle(r);
	found->not_freed = registry_cache_in_use(&r->cache);
	usleep(100000); /* the table shrinks */
	found->empty_bytes[number] = bench_resident_bytes() - before;
}

static void cycles(void *found, size_t objects, const void *arg)
{
	struct registry_config config = {.payload_bytes = sizeof(struct bench_payload)};
	double before = bench_resident_bytes();
	struct registry *r;

	(void)arg;
	registry_after_fork_child();
	REGISTRY_URCU(register_thread)();
	if (registry_create(&r, &config))
		_exit(1);
	for (int i = 0; i < BENCH_FLAT_CYCLES; i++)
		cycle(r, objects, found, i, before);
}

int bench_try_flat(size_t objects, struct bench_flat *found)
{
	int err;

	/* The thread of liburcu that frees is not in the child by itself. */
	registry_before_fork();
	err = bench_in_child(cycles, found, sizeof(*found), objects, NULL);
	registry_after_fork_parent();
	return err;
}

/* -- placement: the same table twice, with objects of the same size, from the registry's cache and
 * from malloc; where they lie is the difference ------------------------------------------------ */

#define LOOKUPS 200000

struct placed_object {
	struct registry_object header;
	struct bench_payload payload;
};

struct placed {
	struct registry_hash table;
	struct registry_cache *cache; /* NULL: malloc */
	lk_u64 warnings[REFCOUNT_WARNINGS];
	uint64_t at;
	lk_u64 sum;
};

static struct placed_object *object_alloc(struct placed *p)
{
	return p->cache ? registry_cache_alloc(p->cache) : malloc(sizeof(struct placed_object));
}

static void object_free(struct placed *p, struct placed_object *o)
{
	if (p->cache)
		registry_cache_free(p->cache, o);
	else
		free(o);
}

/* Returns false: no memory. */
static bool fill(struct placed *p, size_t objects)
{
	size_t chains = bench_registry_buckets(objects);
	void **first = calloc(chains, sizeof(*first));

	registry_hash_init(&p->table, first, chains, registry_seed_of(1));
	for (lk_u64 id = 0; first && id < objects; id++) {
		struct placed_object *o = object_alloc(p);

		if (!o)
			return false;
		o->header.node.id = o->payload.words[0] = id;
		REGISTRY_COUNT(set)(&o->header.ref, 1);
		registry_hash_link(&p->table, &o->header.node);
	}
	return first;
}

static void empty(struct placed *p)
{
	const struct registry_side *s = registry_hash_side(&p->table);

	for (lk_u64 chain = 0; s->first && chain <= s->mask; chain++) {
		struct registry_node *n = registry_side_first(s, chain), *next;

		for (; n; n = next) {
			next = registry_side_next(s, n);
			object_free(p, (struct placed_object *)n);
		}
	}
	free(s->first);
}

/* As a lookup and a put; ids in an order of no order. Returns how many a nanosecond. */
static double look_up(struct placed *p, size_t objects)
{
	uint64_t start = clock_now_ns();

	for (int i = 0; i < LOOKUPS; i++) {
		struct placed_object *o;

		o = (struct placed_object *)registry_hash_find(&p->table,
							       random_below(&p->at, objects));
		if (!o || !REGISTRY_COUNT(get)(&o->header.ref, p->warnings))
			continue;
		p->sum += o->payload.words[0];
		REGISTRY_COUNT(put)(&o->header.ref, p->warnings);
	}
	return LOOKUPS / (double)(clock_now_ns() - start);
}

int bench_try_placement(size_t objects, struct bench_estimate *ratio)
{
	struct registry_cache cache = {
		.memory = {registry_memory_alloc, registry_memory_free, NULL}};
	struct placed cached = {.cache = &cache}, heap = {.cache = NULL};
	double in_cache[ROUNDS], in_heap[ROUNDS];
	int err = registry_cache_init(&cache, sizeof(struct placed_object));

	if (err)
		return err;
	if (!fill(&cached, objects) || !fill(&heap, objects))
		err = -ENOMEM;
	/* The first round warms both up. */
	for (int i = -1; i < ROUNDS && !err; i++) {
		in_cache[i < 0 ? 0 : i] = look_up(&cached, objects);
		in_heap[i < 0 ? 0 : i] = look_up(&heap, objects);
	}
	empty(&cached);
	empty(&heap);
	registry_cache_end(&cache);
	if (!err)
		*ratio = bench_ratio_of(in_cache, in_heap, ROUNDS);
	return err;
}
