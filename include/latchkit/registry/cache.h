/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cache - a slab allocator: objects of one size, constructed once and reused. Compile with
 * _GNU_SOURCE.
 *
 * Objects lie in chunks (slabs). A chunk's objects are constructed when it is allocated; a freed
 * object stays constructed, and is the first to be reused. A chunk without objects in use is
 * returned to the system, unless that would leave fewer than `spare` free objects, or fewer than a
 * chunk has.
 * The free list is in the chunk, not in the objects: nothing writes to a freed object, and
 * AddressSanitizer reports whoever does.
 *
 * Cost       a mutex for alloc and for free, and constant work
 * Progress   blocking
 * Memory     chunks of REGISTRY_CHUNK_BYTES, aligned to that; 2 bytes for each object
 *
 * With `poison` a freed object is filled with REGISTRY_POISON; alloc counts it if that was
 * overwritten, and constructs it anew.
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
/* The largest object: some of them must fit in a chunk. */
#define REGISTRY_CACHE_MOST (REGISTRY_CHUNK_BYTES / 4)
/* What fills freed objects: a word of it is no plausible id, count or address. */
#define REGISTRY_POISON 0x6b

struct registry_memory {
	/* Returns `bytes` aligned to `align`, a power of two, or NULL: out of memory. */
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
	lk_u64 overwritten; /* objects that were written to while they were free */
	struct registry_memory memory;
	/* Constructor, called for each object of a new chunk. NULL: none. */
	void (*construct)(void *object, void *arg);
	void *arg;
	void *owner; /* what registry_cache_owner() returns */
	bool poison;
};

struct registry_chunk {
	struct cds_list_head link;
	struct registry_cache *cache;
	uint16_t unused, next; /* how many objects are free; head of the free list */
	uint16_t after[]; /* for each object: the next one of the free list */
};

/* Map pages, aligned to their size: munmap() returns them to the system at once. NULL: ENOMEM. */
static inline void *registry_pages_alloc(size_t bytes)
{
	char *all = (char *)mmap(NULL, 2 * bytes, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (all == MAP_FAILED)
		return NULL;
	before = (bytes - (uintptr_t)all % bytes) % bytes;
	if (before)
		munmap(all, before);
	munmap(all + before + bytes, bytes - before);
	return all + before;
}

/* The default struct registry_memory: chunks are pages, the rest is heap. */
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

/* Returns `owner` of the cache that an object is from. */
static inline void *registry_cache_owner(const void *object)
{
	return registry_chunk_of(object)->cache->owner;
}

static inline char *registry_chunk_object(struct registry_chunk *chunk, size_t number)
{
	return (char *)chunk + chunk->cache->first + number * chunk->cache->object_bytes;
}

/* Round up to cache lines where that wastes at most an eighth: no two objects share one then. */
static inline size_t registry_round(size_t bytes)
{
	size_t lines = (bytes + REGISTRY_LINE - 1) / REGISTRY_LINE * REGISTRY_LINE;

	return lines - bytes <= bytes / 8 ? lines : (bytes + 7) / 8 * 8;
}

/*
 * Initialise an empty cache for objects of `object_bytes`. The caller has set memory, construct,
 * arg, owner, spare and poison. Returns 0, -EINVAL: too large for a chunk, or another error of
 * pthread_mutex_init().
 */
static inline int registry_cache_init(struct registry_cache *c, size_t object_bytes)
{
	size_t head = sizeof(struct registry_chunk);

	if (object_bytes > REGISTRY_CACHE_MOST)
		return -EINVAL;
	c->object_bytes = registry_round(object_bytes);
	c->per_chunk = (REGISTRY_CHUNK_BYTES - head - REGISTRY_LINE) /
		       (c->object_bytes + sizeof(uint16_t));
	c->first = (head + c->per_chunk * sizeof(uint16_t) + REGISTRY_LINE - 1) / REGISTRY_LINE *
		   REGISTRY_LINE;
	/* Or one object allocated and freed in turn could allocate and free a chunk each time. */
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

/* Free what is left. Chunks with objects in use are leaked. */
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

/* Returns a new chunk, all of its objects free, or NULL. Context: c->lock held. */
static inline struct registry_chunk *registry_chunk_new(struct registry_cache *c)
{
	struct registry_chunk *chunk = (struct registry_chunk *)c->memory.alloc(
		REGISTRY_CHUNK_BYTES, REGISTRY_CHUNK_BYTES, c->memory.arg);

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

/* Check and construct a poisoned object before it is used. Context: c->lock held. */
static inline void registry_unpoison(struct registry_cache *c, void *object)
{
	c->overwritten += !registry_poisoned((const unsigned char *)object, c->object_bytes);
	memset(object, 0, c->object_bytes);
	if (c->construct)
		c->construct(object, c->arg);
}

/* Allocate an object: as it was constructed, or as it was freed. Returns NULL: out of memory. */
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

/* Free an object. The caller has the only reference to it. */
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

/* Returns how many objects are in use. */
static inline size_t registry_cache_in_use(struct registry_cache *c)
{
	size_t n;

	pthread_mutex_lock(&c->lock);
	n = c->in_use;
	pthread_mutex_unlock(&c->lock);
	return n;
}

#endif /* LATCHKIT_REGISTRY_CACHE_H */
