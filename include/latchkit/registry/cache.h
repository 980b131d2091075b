/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cache - memory for objects of one size, side by side, made ready once and used again.
 *
 * Objects lie in chunks. A chunk's objects are constructed when it is made; one that is freed keeps
 * what the constructor did, and is the first to be used again. A chunk none of whose objects is in
 * use goes back to the system, unless the cache has fewer than `spare` free ones beside it, or than
 * a chunk has.
 * Which objects are free is noted in the chunk, not in them: a freed object is touched by nobody,
 * and under AddressSanitizer whoever does is caught.
 *
 * Cost       a mutex each way, and constant work
 * Progress   blocking
 * Memory     chunks of CHUNK bytes, aligned to that; 2 bytes for each object
 *
 * With `poison` a freed object is filled with REGISTRY_POISON, found out if somebody wrote to it
 * since, and constructed again when it is used again.
 */
#ifndef LATCHKIT_REGISTRY_CACHE_H
#define LATCHKIT_REGISTRY_CACHE_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <urcu/list.h>

#include "../order.h"

#if defined(__SANITIZE_ADDRESS__)
#define REGISTRY_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REGISTRY_ASAN 1
#endif
#endif
#ifdef REGISTRY_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#define REGISTRY_CHUNK_BYTES ((size_t)1 << 16)
#define REGISTRY_LINE ((size_t)64)
/* What freed objects are filled with; as a word no id, count or address that is in use. */
#define REGISTRY_POISON 0x6b

struct registry_memory {
	/* Returns `bytes` aligned to `align`, a power of two, or NULL: there is no memory. */
	void *(*alloc)(size_t align, size_t bytes, void *arg);
	void (*free)(void *memory, size_t align, size_t bytes, void *arg);
	void *arg;
};

struct registry_cache {
	pthread_mutex_t lock;
	struct cds_list_head partial, full; /* chunks with free objects, and without */
	size_t object_bytes, per_chunk, first; /* offset of a chunk's first object */
	size_t in_use, unused, spare; /* objects */
	size_t chunks, chunks_most;
	lk_u64 overwritten; /* objects that somebody wrote to while they were free */
	struct registry_memory memory;
	/* Called for each object when its memory is new. NULL: nothing. */
	void (*construct)(void *object, void *arg);
	void *arg;
	void *owner; /* whom registry_cache_owner() returns */
	bool poison;
};

struct registry_chunk {
	struct cds_list_head link;
	struct registry_cache *cache;
	uint16_t unused, next; /* how many; the first of them */
	uint16_t after[]; /* for each object: the next one that is unused */
};

/* Pages of the system, so that what is given back is the system's at once. */
static inline void *registry_pages_alloc(size_t bytes)
{
	char *all =
		mmap(NULL, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (all == MAP_FAILED)
		return NULL;
	before = (bytes - (uintptr_t)all % bytes) % bytes;
	if (before)
		munmap(all, before);
	munmap(all + before + bytes, bytes - before);
	return all + before;
}

/* Where memory is from, unless the program says otherwise: chunks are pages, the rest is heap. */
static inline void *registry_memory_alloc(size_t align, size_t bytes, void *arg)
{
	void *memory;

	(void)arg;
	if (align == REGISTRY_CHUNK_BYTES)
		return registry_pages_alloc(bytes);
	return posix_memalign(&memory, align, bytes) ? NULL : memory;
}

static inline void registry_memory_free(void *memory, size_t align, size_t bytes, void *arg)
{
	(void)arg;
	if (align == REGISTRY_CHUNK_BYTES)
		munmap(memory, bytes);
	else
		free(memory);
}

static inline struct registry_chunk *registry_chunk_of(const void *object)
{
	return (struct registry_chunk *)((uintptr_t)object & ~(REGISTRY_CHUNK_BYTES - 1));
}

/* Whose object is it? What the cache was given when it was made ready. */
static inline void *registry_cache_owner(const void *object)
{
	return registry_chunk_of(object)->cache->owner;
}

static inline char *registry_chunk_object(struct registry_chunk *chunk, size_t number)
{
	return (char *)chunk + chunk->cache->first + number * chunk->cache->object_bytes;
}

/* Whole lines where that wastes little: then no two objects share one. */
static inline size_t registry_round(size_t bytes)
{
	size_t lines = (bytes + REGISTRY_LINE - 1) / REGISTRY_LINE * REGISTRY_LINE;

	return lines - bytes <= bytes / 8 ? lines : (bytes + 7) / 8 * 8;
}

/*
 * Make an empty cache ready for objects of that size. Who makes it ready has filled memory,
 * construct, arg, owner, spare and poison. Returns 0, or -EINVAL: they are too large for a chunk.
 */
static inline int registry_cache_init(struct registry_cache *c, size_t object_bytes)
{
	size_t head = sizeof(struct registry_chunk);

	if (object_bytes > REGISTRY_CHUNK_BYTES / 8)
		return -EINVAL;
	c->object_bytes = registry_round(object_bytes);
	c->per_chunk = (REGISTRY_CHUNK_BYTES - head - REGISTRY_LINE) /
		       (c->object_bytes + sizeof(uint16_t));
	c->first = (head + c->per_chunk * sizeof(uint16_t) + REGISTRY_LINE - 1) / REGISTRY_LINE *
		   REGISTRY_LINE;
	/* Or one object that comes and goes could make and give back a chunk each time. */
	if (c->spare < c->per_chunk)
		c->spare = c->per_chunk;
	CDS_INIT_LIST_HEAD(&c->partial);
	CDS_INIT_LIST_HEAD(&c->full);
	return -pthread_mutex_init(&c->lock, NULL);
}

static inline void registry_chunk_free(struct registry_cache *c, struct registry_chunk *chunk)
{
	cds_list_del(&chunk->link);
	c->unused -= chunk->unused;
	c->chunks--;
	ASAN_UNPOISON_MEMORY_REGION(chunk, REGISTRY_CHUNK_BYTES);
	c->memory.free(chunk, REGISTRY_CHUNK_BYTES, REGISTRY_CHUNK_BYTES, c->memory.arg);
}

/* Give back what is left. Objects that are in use are lost with their chunks, which stay. */
static inline void registry_cache_end(struct registry_cache *c)
{
	struct registry_chunk *chunk, *next;

	cds_list_for_each_entry_safe(chunk, next, &c->partial,
				     link) if (chunk->unused == c->per_chunk)
		registry_chunk_free(c, chunk);
	pthread_mutex_destroy(&c->lock);
}

static inline bool registry_poisoned(const unsigned char *object, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (object[i] != REGISTRY_POISON)
			return false;
	return true;
}

/* A chunk whose objects are all unused, or NULL. Under the lock. */
static inline struct registry_chunk *registry_chunk_new(struct registry_cache *c)
{
	struct registry_chunk *chunk =
		c->memory.alloc(REGISTRY_CHUNK_BYTES, REGISTRY_CHUNK_BYTES, c->memory.arg);

	if (!chunk)
		return NULL;
	chunk->cache = c;
	chunk->unused = (uint16_t)c->per_chunk;
	chunk->next = 0;
	for (size_t i = 0; i < c->per_chunk; i++) {
		char *object = registry_chunk_object(chunk, i);

		chunk->after[i] = (uint16_t)(i + 1);
		memset(object, c->poison ? REGISTRY_POISON : 0, c->object_bytes);
		if (c->construct && !c->poison)
			c->construct(object, c->arg);
		ASAN_POISON_MEMORY_REGION(object, c->object_bytes);
	}
	cds_list_add(&chunk->link, &c->partial);
	c->unused += c->per_chunk;
	c->chunks++;
	c->chunks_most = c->chunks > c->chunks_most ? c->chunks : c->chunks_most;
	return chunk;
}

/* What a poisoned object needs before it is used. Under the lock. */
static inline void registry_unpoison(struct registry_cache *c, void *object)
{
	c->overwritten += !registry_poisoned(object, c->object_bytes);
	memset(object, 0, c->object_bytes);
	if (c->construct)
		c->construct(object, c->arg);
}

/* Take an object: as it was constructed, or as it was given back. Returns NULL: no memory. */
static inline void *registry_cache_alloc(struct registry_cache *c)
{
	struct registry_chunk *chunk;
	void *object = NULL;

	pthread_mutex_lock(&c->lock);
	chunk = cds_list_empty(&c->partial)
			? registry_chunk_new(c)
			: cds_list_entry(c->partial.next, struct registry_chunk, link);
	if (chunk) {
		object = registry_chunk_object(chunk, chunk->next);
		chunk->next = chunk->after[chunk->next];
		c->unused--;
		c->in_use++;
		if (--chunk->unused == 0)
			cds_list_move(&chunk->link, &c->full);
		ASAN_UNPOISON_MEMORY_REGION(object, c->object_bytes);
		if (c->poison)
			registry_unpoison(c, object);
	}
	pthread_mutex_unlock(&c->lock);
	return object;
}

/* Give an object back that nobody uses any more. */
static inline void registry_cache_free(struct registry_cache *c, void *object)
{
	struct registry_chunk *chunk = registry_chunk_of(object);
	size_t offset = (size_t)((char *)object - (char *)chunk) - c->first;
	uint16_t number = (uint16_t)(offset / c->object_bytes);

	pthread_mutex_lock(&c->lock);
	if (c->poison)
		memset(object, REGISTRY_POISON, c->object_bytes);
	ASAN_POISON_MEMORY_REGION(object, c->object_bytes);
	chunk->after[number] = chunk->next;
	chunk->next = number;
	c->in_use--;
	c->unused++;
	if (chunk->unused++ == 0)
		cds_list_move(&chunk->link, &c->partial);
	if (chunk->unused == c->per_chunk && c->unused - c->per_chunk >= c->spare)
		registry_chunk_free(c, chunk);
	pthread_mutex_unlock(&c->lock);
}

/* How many objects are in use. */
static inline size_t registry_cache_in_use(struct registry_cache *c)
{
	size_t n;

	pthread_mutex_lock(&c->lock);
	n = c->in_use;
	pthread_mutex_unlock(&c->lock);
	return n;
}

#endif /* LATCHKIT_REGISTRY_CACHE_H */
