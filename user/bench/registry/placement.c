// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * placement.c - see bench/registry/judge.h. The same table twice, with objects of
 * the same size: one from the registry's cache, one from malloc. Where they lie is the difference.
 */
#include <stdlib.h>

#define REGISTRY_RCU memb
#include <latchkit/registry.h>

#include "bench/registry/judge.h"
#include "host/clock.h"
#include "host/random.h"

#define ROUNDS 15
#define LOOKUPS 200000

struct object {
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

static struct object *object_take(struct placed *p)
{
	return p->cache ? registry_cache_take(p->cache) : malloc(sizeof(struct object));
}

static void object_give(struct placed *p, struct object *o)
{
	if (p->cache)
		registry_cache_give(p->cache, o);
	else
		free(o);
}

/* Returns false: no memory. */
static bool fill(struct placed *p, size_t objects)
{
	size_t chains = 64;
	void **first;

	while (chains < objects)
		chains *= 2;
	first = calloc(chains, sizeof(*first));
	registry_hash_init(&p->table, first, chains);
	for (lk_u64 id = 0; first && id < objects; id++) {
		struct object *o = object_take(p);

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
			object_give(p, (struct object *)n);
		}
	}
	free(s->first);
}

/* As a lookup and a put; ids in an order of no order. Returns how many a nanosecond. */
static double look_up(struct placed *p, size_t objects)
{
	uint64_t start = clock_now_ns();

	for (int i = 0; i < LOOKUPS; i++) {
		struct object *o;

		o = (struct object *)registry_hash_find(&p->table, random_below(&p->at, objects));
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
		.memory = {registry_memory_take, registry_memory_give, NULL}};
	struct placed cached = {.cache = &cache}, heap = {.cache = NULL};
	double in_cache[ROUNDS], in_heap[ROUNDS];
	int err = registry_cache_init(&cache, sizeof(struct object));

	if (err)
		return err;
	if (!fill(&cached, objects) || !fill(&heap, objects))
		err = -ENOMEM;
	/* The first round warms both up. */
	for (int i = -1; i < ROUNDS && !err; i++) {
		double a = look_up(&cached, objects), b = look_up(&heap, objects);

		if (i < 0)
			continue;
		in_cache[i] = a;
		in_heap[i] = b;
	}
	empty(&cached);
	empty(&heap);
	registry_cache_end(&cache);
	if (!err)
		*ratio = bench_ratio_of(in_cache, in_heap, ROUNDS);
	return err;
}
