// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trials.c - see bench/registry/judge.h. */
#include <malloc.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define REGISTRY_RCU memb
#include <latchkit/registry.h>

#include "bench/registry/judge.h"
#include "host/clock.h"

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
		objects[i] = registry_cache_take(c);
		use(objects[i], i);
	}
	for (lk_u64 i = 0; i < OBJECTS; i++)
		registry_cache_give(c, objects[i]);
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
				   .memory = {registry_memory_take, registry_memory_give, NULL}};
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
	REGISTRY_URCU(call_rcu_before_fork)();
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		REGISTRY_URCU(call_rcu_after_fork_child)();
		cycles(objects, shared);
	}
	REGISTRY_URCU(call_rcu_after_fork_parent)();
	if (pid > 0)
		waitpid(pid, &status, 0);
	*found = *shared;
	munmap(shared, sizeof(*shared));
	return status ? -EIO : 0;
}
