// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trials.c - see bench/registry/trials.h. */
#define _LGPL_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define REGISTRY_RCU memb
#include <latchkit/registry.h>

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
		double a = with_cache(&c, objects), b = with_malloc(objects);

		if (i < 0)
			continue;
		cache[i] = a;
		heap[i] = b;
	}
	registry_cache_end(&c);
	free(objects);
	found->cache_ns = bench_estimate_of(cache, ROUNDS);
	found->malloc_ns = bench_estimate_of(heap, ROUNDS);
	found->ratio = bench_ratio_of(cache, heap, ROUNDS);
	return 0;
}

/* -- flat memory ------------------------------------------------------------------------------ */

static double resident(void)
{
	unsigned long all, pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu %lu", &all, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void cycle(struct registry *r, size_t objects, struct bench_flat *found, int number,
		  double before)
{
	uint64_t start;

	for (lk_u64 id = 0; id < objects; id++) {
		struct registry_object *o = registry_new(r, id);

		if (o && registry_insert(r, o))
			registry_put(r, o);
	}
	found->full_bytes[number] = resident() - before;
	start = clock_now_ns();
	while (registry_shrink(r, 0, 4096))
		;
	found->shed_per_s = (double)objects * 1e9 / (double)(clock_now_ns() - start);
	registry_settle(r);
	found->not_freed = registry_cache_in_use(&r->cache);
	usleep(100000); /* the table shrinks */
	found->empty_bytes[number] = resident() - before;
}

static void cycles(size_t objects, struct bench_flat *found)
{
	struct registry_config config = {.payload_bytes = sizeof(struct bench_payload)};
	double before = resident();
	struct registry *r;

	REGISTRY_URCU(register_thread)();
	if (registry_create(&r, &config))
		_exit(1);
	for (int i = 0; i < BENCH_FLAT_CYCLES; i++)
		cycle(r, objects, found, i, before);
	_exit(0);
}

int bench_try_flat(size_t objects, struct bench_flat *found)
{
	struct bench_flat *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 1;
	pid_t pid;

	if (shared == MAP_FAILED)
		return -ENOMEM;
	fflush(NULL);
	/* The thread of liburcu that frees is not in the child by itself. */
	registry_before_fork();
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		registry_after_fork_child();
		cycles(objects, shared);
	}
	registry_after_fork_parent();
	if (pid > 0)
		waitpid(pid, &status, 0);
	*found = *shared;
	munmap(shared, sizeof(*shared));
	return status ? -EIO : 0;
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
	size_t chains = 64;
	void **first;

	while (chains < objects)
		chains *= 2;
	first = calloc(chains, sizeof(*first));
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
