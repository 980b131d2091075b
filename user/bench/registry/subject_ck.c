// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * subject_ck.c - Concurrency Kit's ck_ht, whose readers need no lock and whose writers take
 * turns; ck_epoch says when an object that was deleted may be freed.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <ck_epoch.h>
#include <ck_ht.h>

#include "bench/registry/subject.h"

struct object {
	ck_epoch_entry_t epoch;
	struct bench_payload payload;
};

struct table {
	ck_ht_t ht;
	ck_epoch_t epoch;
	pthread_mutex_t lock;
};

/* What the table gives back while readers may look at it stays until the program ends. */
static void *table_malloc(size_t bytes)
{
	return malloc(bytes);
}

static void table_free(void *memory, size_t bytes, bool defer)
{
	(void)bytes;
	if (!defer)
		free(memory);
}

static struct ck_malloc allocator = {.malloc = table_malloc, .free = table_free};

/* 0 and all ones mean something to ck_ht. */
static LK_INLINE uintptr_t key_of(lk_u64 id)
{
	return (uintptr_t)id + 1;
}

static void hash_of(ck_ht_hash_t *hash, const void *key, size_t bytes, uint64_t seed)
{
	(void)bytes;
	(void)seed;
	hash->value = registry_hash_of(*(const uintptr_t *)key);
}

static LK_INLINE struct object *find(struct table *t, lk_u64 id)
{
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;

	ck_ht_hash_direct(&hash, &t->ht, key_of(id));
	ck_ht_entry_key_set_direct(&entry, key_of(id));
	if (!ck_ht_get_spmc(&t->ht, hash, &entry))
		return NULL;
	return (struct object *)ck_ht_entry_value_direct(&entry);
}

static void add(struct table *t, lk_u64 id)
{
	struct object *o = calloc(1, sizeof(*o));
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;
	bool added;

	if (!o)
		return;
	o->payload.words[0] = id;
	ck_ht_hash_direct(&hash, &t->ht, key_of(id));
	ck_ht_entry_set_direct(&entry, hash, key_of(id), (uintptr_t)o);
	pthread_mutex_lock(&t->lock);
	added = ck_ht_put_spmc(&t->ht, hash, &entry);
	pthread_mutex_unlock(&t->lock);
	if (!added)
		free(o);
}

static struct object *take(struct table *t, lk_u64 id)
{
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;
	bool removed;

	ck_ht_hash_direct(&hash, &t->ht, key_of(id));
	ck_ht_entry_key_set_direct(&entry, key_of(id));
	pthread_mutex_lock(&t->lock);
	removed = ck_ht_remove_spmc(&t->ht, hash, &entry);
	pthread_mutex_unlock(&t->lock);
	return removed ? (struct object *)ck_ht_entry_value_direct(&entry) : NULL;
}

static void *create(size_t objects)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t || !ck_ht_init(&t->ht, CK_HT_MODE_DIRECT | CK_HT_WORKLOAD_DELETE, hash_of,
			      &allocator, 64, 1)) {
		free(t);
		errno = ENOMEM;
		return NULL;
	}
	ck_epoch_init(&t->epoch);
	pthread_mutex_init(&t->lock, NULL);
	for (lk_u64 id = 0; id < objects; id++)
		add(t, id);
	return t;
}

static void destroy(void *table)
{
	ck_ht_iterator_t iterator = CK_HT_ITERATOR_INITIALIZER;
	struct table *t = table;
	ck_ht_entry_t *entry;

	while (ck_ht_next(&t->ht, &iterator, &entry))
		free((void *)ck_ht_entry_value_direct(entry));
	ck_ht_destroy(&t->ht);
	free(t);
}

/* Records of threads that left are used again. */
static void *enter(void *table)
{
	struct table *t = table;
	ck_epoch_record_t *record = ck_epoch_recycle(&t->epoch, NULL);

	if (record)
		return record;
	record = aligned_alloc(64, (sizeof(*record) + 63) / 64 * 64);
	if (!record)
		abort();
	ck_epoch_register(&t->epoch, record, NULL);
	return record;
}

static void leave(void *table, void *own)
{
	(void)table;
	ck_epoch_barrier(own);
	ck_epoch_unregister(own);
}

static void object_free(ck_epoch_entry_t *epoch)
{
	free(epoch); /* the first member of an object */
}

static void replace_ck(void *table, void *own, lk_u64 id)
{
	struct object *o = take(table, id);

	if (o)
		ck_epoch_call(own, &o->epoch, object_free);
	ck_epoch_poll(own);
	add(table, id);
}

BENCH_REGISTRY_SHED(ck)

BENCH_REGISTRY_LOOP(ck, {
	ck_epoch_section_t section;
	const struct object *o;

	ck_epoch_begin(t->own, &section);
	o = find(t->table, id);
	if (o)
		t->sum += o->payload.words[0];
	else
		t->misses++;
	ck_epoch_end(t->own, &section);
})

const struct bench_registry_ops bench_registry_ops_ck_ht = {.create = create,
							    .destroy = destroy,
							    .enter = enter,
							    .leave = leave,
							    .loop = loop_ck,
							    .replace = replace_ck,
							    .shed = shed_ck};
