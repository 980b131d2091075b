// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * subject_rcu.c - subjects with RCU, compiled once for each flavour, REGISTRY_RCU, and
 * reference count, REGISTRY_REF. With refcount also: the table looked up without a reference,
 * liburcu's table by hand, and, for memb, the published registry.
 */
/* liburcu inline, which our licence allows; see registry.h. */
#define _LGPL_SOURCE

#include <stdlib.h>

#include <latchkit/registry.h>
#include <urcu/ref.h>

#include "bench/registry/subject.h"

#define OPS(before) REGISTRY_PASTE(bench_registry_ops_, before, REGISTRY_RCU)

static void *enter(void *table)
{
	(void)table;
	REGISTRY_URCU(register_thread)();
	return NULL;
}

static void leave(void *table, void *own)
{
	(void)table;
	(void)own;
	REGISTRY_URCU(unregister_thread)();
}

static void be_quiescent(void)
{
	REGISTRY_URCU(quiescent_state)();
}

static void settle(void *table)
{
	(void)table;
	REGISTRY_URCU(barrier)();
}

/* Define a subject by the functions of its table and its loop; what else it has follows. */
#define SUBJECT(before, table, its_loop, ...) \
	const struct bench_registry_ops OPS(before) = {.create = create_##table, \
						       .destroy = destroy_##table, \
						       .enter = enter, \
						       .leave = leave, \
						       .pause = be_quiescent, \
						       .loop = loop_##its_loop, \
						       .replace = replace_##table, \
						       .shed = shed_##table, \
						       .settle = settle, \
						       __VA_ARGS__};

/* Add ids 0 to objects - 1, as a registered thread. */
static void fill(void *table, size_t objects, void (*add_one)(void *table, lk_u64 id))
{
	REGISTRY_URCU(register_thread)();
	for (lk_u64 id = 0; id < objects; id++) {
		add_one(table, id);
		REGISTRY_URCU(quiescent_state)();
	}
	REGISTRY_URCU(unregister_thread)();
}

/* -- the registry ----------------------------------------------------------------------------- */

#define SHED_MOST 64

/* What the calling thread sheds. */
static __thread struct {
	lk_u64 ids[SHED_MOST];
	size_t count;
} shed_now;

/* Nothing is kept, but noted. */
static bool note_shed(const struct registry_object *o, void *arg)
{
	(void)arg;
	if (shed_now.count < SHED_MOST)
		shed_now.ids[shed_now.count++] = registry_id(o);
	return false;
}

static const struct registry_config config = {
	.payload_bytes = sizeof(struct bench_payload), .spare = 1 << 14, .keep = note_shed};

static void add(void *r, lk_u64 id)
{
	struct registry_object *o = registry_new(r, id);

	if (!o)
		return;
	((struct bench_payload *)registry_payload(o))->words[0] = id;
	if (registry_insert(r, o))
		registry_put(r, o);
}

static void *create_registry(size_t objects)
{
	struct registry *r;
	int err = registry_create(&r, &config);

	if (err) {
		errno = -err;
		return NULL;
	}
	fill(r, objects, add);
	return r;
}

static void destroy_registry(void *table)
{
	REGISTRY_URCU(register_thread)();
	registry_destroy(table, REGISTRY_WAIT);
	REGISTRY_URCU(unregister_thread)();
}

static void replace_registry(void *table, void *own, lk_u64 id)
{
	(void)own;
	registry_delete(table, id);
	add(table, id);
}

static void shed_registry(void *table, void *own, lk_u64 *at, size_t count, size_t objects)
{
	(void)own;
	(void)at;
	(void)objects;
	shed_now.count = 0;
	registry_shrink(table, 0, count < SHED_MOST ? count : SHED_MOST);
	for (size_t i = 0; i < shed_now.count; i++)
		add(table, shed_now.ids[i]);
}

BENCH_REGISTRY_LOOP(registry, {
	struct registry_object *o = registry_lookup(t->table, id);

	if (o) {
		t->sum += ((struct bench_payload *)registry_payload(o))->words[0];
		registry_put(t->table, o);
	} else {
		t->misses++;
	}
})

#ifdef REGISTRY_BENCH_RCUREF
#define REGISTRY_NAME rcuref_
#else
#define REGISTRY_NAME hardened_
#endif
SUBJECT(REGISTRY_NAME, registry, registry)

#ifndef REGISTRY_BENCH_RCUREF
/* Look up without a reference, add up what is found. Returns false: nothing was. */
static LK_INLINE bool pure_look_up(struct registry *r, lk_u64 id, lk_u64 *sum)
{
	struct registry_object *o;

	REGISTRY_URCU(read_lock)();
	o = registry_find(r, id);
	if (o)
		*sum += ((struct bench_payload *)registry_payload(o))->words[0];
	REGISTRY_URCU(read_unlock)();
	return o;
}

/* The same as published. */
static LK_INLINE bool posted_look_up(struct registry_posted *r, lk_u64 id, lk_u64 *sum)
{
	struct registry_posted_object *o = registry_posted_lookup(r, id);

	if (!o)
		return false;
	*sum += ((struct bench_payload *)registry_posted_payload(o))->words[0];
	registry_posted_put(r, o);
	return true;
}

/* One lookup each, to count locked instructions in. */
#define ONE(before) REGISTRY_PASTE(bench_registry_one_, before, REGISTRY_RCU)
bool ONE(pure_)(struct registry *r, lk_u64 id, lk_u64 *sum);
__attribute__((noinline)) bool ONE(pure_)(struct registry *r, lk_u64 id, lk_u64 *sum)
{
	return pure_look_up(r, id, sum);
}

bool ONE(posted_)(struct registry_posted *r, lk_u64 id, lk_u64 *sum);
__attribute__((noinline)) bool ONE(posted_)(struct registry_posted *r, lk_u64 id, lk_u64 *sum)
{
	return posted_look_up(r, id, sum);
}

BENCH_REGISTRY_LOOP(pure, t->misses += !pure_look_up(t->table, id, &t->sum);)

SUBJECT(pure_, registry, pure)

/* -- liburcu by hand -------------------------------------------------------------------------- */

struct lfht_object {
	struct cds_lfht_node node;
	struct urcu_ref ref;
	lk_u64 id;
	struct rcu_head rcu;
	struct bench_payload payload;
};

static int lfht_match(struct cds_lfht_node *node, const void *id)
{
	return caa_container_of(node, struct lfht_object, node)->id == *(const lk_u64 *)id;
}

static void lfht_free(struct rcu_head *head)
{
	free(caa_container_of(head, struct lfht_object, rcu));
}

static void lfht_release(struct urcu_ref *ref)
{
	REGISTRY_URCU(call_rcu)(&caa_container_of(ref, struct lfht_object, ref)->rcu, lfht_free);
}

static LK_INLINE struct lfht_object *lfht_find(void *table, lk_u64 id)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	cds_lfht_lookup(table, registry_hash_of(id), lfht_match, &id, &iter);
	node = cds_lfht_iter_get_node(&iter);
	return node ? caa_container_of(node, struct lfht_object, node) : NULL;
}

static void lfht_add(void *table, lk_u64 id)
{
	struct lfht_object *o = calloc(1, sizeof(*o));
	struct cds_lfht_node *there;

	if (!o)
		return;
	o->id = o->payload.words[0] = id;
	urcu_ref_init(&o->ref);
	REGISTRY_URCU(read_lock)();
	there = cds_lfht_add_unique(table, registry_hash_of(id), lfht_match, &id, &o->node);
	REGISTRY_URCU(read_unlock)();
	if (there != &o->node)
		free(o);
}

static void lfht_delete(void *table, lk_u64 id)
{
	struct lfht_object *o;
	int err = -1;

	REGISTRY_URCU(read_lock)();
	o = lfht_find(table, id);
	if (o)
		err = cds_lfht_del(table, &o->node);
	REGISTRY_URCU(read_unlock)();
	if (!err)
		urcu_ref_put(&o->ref, lfht_release);
}

static void replace_lfht(void *table, void *own, lk_u64 id)
{
	(void)own;
	lfht_delete(table, id);
	lfht_add(table, id);
}

BENCH_REGISTRY_SHED(lfht)

/* It gets its size at once: its own resizing may stop for good, see README.md. */
static void *create_lfht(size_t objects)
{
	struct cds_lfht *table = _cds_lfht_new(bench_registry_buckets(objects), 1, 0, 0, NULL,
					       &REGISTRY_URCU(flavor), NULL);

	if (table)
		fill(table, objects, lfht_add);
	return table;
}

static void destroy_lfht(void *table)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	REGISTRY_URCU(register_thread)();
	REGISTRY_URCU(read_lock)();
	cds_lfht_for_each(table, &iter, node) if (cds_lfht_del(table, node) == 0)
		urcu_ref_put(&caa_container_of(node, struct lfht_object, node)->ref, lfht_release);
	REGISTRY_URCU(read_unlock)();
	REGISTRY_URCU(barrier)();
	REGISTRY_URCU(unregister_thread)();
	cds_lfht_destroy(table, NULL);
}

BENCH_REGISTRY_LOOP(lfht, {
	struct lfht_object *o;

	REGISTRY_URCU(read_lock)();
	o = lfht_find(t->table, id);
	if (o && !urcu_ref_get_unless_zero(&o->ref))
		o = NULL;
	REGISTRY_URCU(read_unlock)();
	if (o) {
		t->sum += o->payload.words[0];
		urcu_ref_put(&o->ref, lfht_release);
	} else {
		t->misses++;
	}
})

SUBJECT(lfht_, lfht, lfht)

/* -- as published ----------------------------------------------------------------------------- */

static void posted_add(struct registry_posted *r, lk_u64 id)
{
	struct registry_posted_object *o = registry_posted_new(r, id);

	if (!o)
		return;
	((struct bench_payload *)registry_posted_payload(o))->words[0] = id;
	registry_posted_insert(r, o);
}

/* Its table does not grow: it gets as many buckets as there will be objects. */
static void *create_posted(size_t objects)
{
	struct registry_config c = config;
	struct registry_posted *r;
	int err;

	c.buckets = bench_registry_buckets(objects);
	err = registry_posted_create(&r, &c);
	errno = -err;
	for (lk_u64 id = 0; r && id < objects; id++)
		posted_add(r, id);
	return r;
}

static void destroy_posted(void *table)
{
	REGISTRY_URCU(register_thread)();
	registry_posted_destroy(table);
	REGISTRY_URCU(unregister_thread)();
}

static void replace_posted(void *table, void *own, lk_u64 id)
{
	(void)own;
	registry_posted_delete(table, id);
	posted_add(table, id);
}

/* What was inserted first is shed first: as nobody else deletes, that is the next one. */
static void shed_posted(void *table, void *own, lk_u64 *at, size_t count, size_t objects)
{
	size_t shed = registry_posted_shrink(table, 0, count);

	(void)own;
	for (size_t i = 0; i < shed; i++, *at = (*at + 1) % objects)
		posted_add(table, *at);
}

BENCH_REGISTRY_LOOP(posted, t->misses += !posted_look_up(t->table, id, &t->sum);)

SUBJECT(posted_, posted, posted, .one_deleter = true)
#endif
