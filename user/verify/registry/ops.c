// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ops.c - registries as functions, for verify registry; compiled once for each
 * reference count, REGISTRY_REF. With refcount, the published registry, too.
 */
#include "verify/registry/ops.h"

#define REGISTRY_RCU memb
#define REGISTRY_DROPPED(r) (verify_registry_dropped ? verify_registry_dropped(r) : (void)0)
/*
 * The table is resized whenever it can be: with more than 64 objects, and with less again. `step`
 * has fewer: there the thread that resizes must not take the mutex, or it runs into breakpoints
 * while it has it, and is waited for.
 */
#define REGISTRY_SPARSE 1
#include <latchkit/registry.h>

struct payload {
	lk_u64 id, inverse, tag;
};

static void release(struct registry_object *o, void *arg)
{
	const struct payload *p = registry_payload(o);

	(void)arg;
	if (verify_registry_released)
		verify_registry_released(order_load_relaxed(&p->tag));
}

static const struct registry_config config = {.payload_bytes = sizeof(struct payload),
					      .seed = 1,
					      .poison = true,
					      .spare = 4096,
					      .release = release};

static void fill(struct payload *p, lk_u64 id)
{
	/* Others look at it at any time, when something is wrong. */
	order_store_relaxed(&p->id, id);
	order_store_relaxed(&p->inverse, ~id);
	order_store_relaxed(&p->tag, verify_registry_tag);
}

static bool is_whole(const struct payload *p, lk_u64 id)
{
	return order_load_relaxed(&p->id) == id && order_load_relaxed(&p->inverse) == ~id;
}

static void *create(void)
{
	struct registry *r;

	return registry_create(&r, &config) ? NULL : r;
}

static size_t destroy(void *r)
{
	return registry_destroy(r, REGISTRY_LEAK);
}

static void *make(void *r, lk_u64 id)
{
	struct registry_object *o = registry_new(r, id);

	if (o)
		fill(registry_payload(o), id);
	return o;
}

static int link_(void *r, void *o)
{
	return registry_insert(r, o);
}

static int insert(void *r, lk_u64 id)
{
	void *o = make(r, id);
	int err;

	if (!o)
		return -ENOMEM;
	err = registry_insert(r, o);
	if (err)
		registry_put(r, o);
	return err;
}

static void *lookup(void *r, lk_u64 id)
{
	return registry_lookup(r, id);
}

static void put(void *r, void *o)
{
	registry_put(r, o);
}

static bool whole(void *o, lk_u64 id)
{
	return registry_id(o) == id && is_whole(registry_payload(o), id);
}

static void *find(void *r, lk_u64 id)
{
	return registry_find(r, id);
}

static bool get(void *r, void *o)
{
	return registry_get(r, o);
}

static lk_u64 tag(void *o)
{
	const struct payload *p = registry_payload(o);

	return order_load_relaxed(&p->tag);
}

static void section(bool begin)
{
	if (begin)
		REGISTRY_URCU(read_lock)();
	else
		REGISTRY_URCU(read_unlock)();
}

static bool inside(void)
{
	return REGISTRY_URCU(read_ongoing)();
}

static int remove_(void *r, void *o)
{
	return registry_remove(r, o);
}

static int erase(void *r, lk_u64 id)
{
	return registry_delete(r, id);
}

static size_t shrink(void *r, lk_u64 age_ns, size_t scan)
{
	return registry_shrink(r, age_ns, scan);
}

static void settle(void *r)
{
	registry_settle(r);
}

static void account_of(const struct registry_counts *counts, struct registry_cache *cache,
		       struct verify_registry_account *a)
{
	lk_u64 n[REGISTRY_COUNTS];

	registry_counts_read(counts, n);
	*a = (struct verify_registry_account){
		.made = n[REGISTRY_MADE],
		.freed = n[REGISTRY_FREED],
		.inserted = n[REGISTRY_INSERTED],
		.deleted = n[REGISTRY_DELETED],
		.shed = n[REGISTRY_RECLAIMED],
		.bad_puts = n[REGISTRY_BAD_PUTS],
		.overwritten = cache->overwritten,
		.in_use = registry_cache_in_use(cache),
	};
	for (unsigned int i = 0; i < REFCOUNT_WARNINGS; i++)
		a->warnings += order_load_relaxed(&counts->warnings[i]);
}

static void account(void *r, struct verify_registry_account *a)
{
	account_of(&((struct registry *)r)->counts, &((struct registry *)r)->cache, a);
}

static void enter(void)
{
	REGISTRY_URCU(register_thread)();
}

static void leave(void)
{
	REGISTRY_URCU(unregister_thread)();
}

#define NAME_(name) #name
#define NAME(name) NAME_(name)

const struct verify_registry_ops REGISTRY_PASTE(verify_registry_, REGISTRY_REF, ) = {
	.name = NAME(REGISTRY_REF),
	.batch = REGISTRY_BATCH,
	.create = create,
	.destroy = destroy,
	.insert = insert,
	.lookup = lookup,
	.put = put,
	.whole = whole,
	.remove = remove_,
	.erase = erase,
	.make = make,
	.link = link_,
	.find = find,
	.get = get,
	.section = section,
	.inside = inside,
	.tag = tag,
	.releases = true,
	.shrink = shrink,
	.settle = settle,
	.account = account,
	.enter = enter,
	.leave = leave,
};

#ifdef REGISTRY_WITH_POSTED
__thread void (*verify_registry_dropped)(void *r);
__thread lk_u64 verify_registry_tag;
void (*verify_registry_released)(lk_u64 tag);

/* The published one does not say which. */
static void posted_release(struct registry_object *o, void *arg)
{
	(void)o;
	(void)arg;
	if (verify_registry_released)
		verify_registry_released(0);
}

static void *posted_create(void)
{
	struct registry_config c = config;
	struct registry_posted *r;

	c.buckets = 1024;
	c.release = posted_release;
	return registry_posted_create(&r, &c) ? NULL : r;
}

static size_t posted_destroy(void *r)
{
	return registry_posted_destroy(r);
}

static void *posted_make(void *r, lk_u64 id)
{
	struct registry_posted_object *o = registry_posted_new(r, id);

	if (o)
		fill(registry_posted_payload(o), id);
	return o;
}

static int posted_link(void *r, void *o)
{
	registry_posted_insert(r, o);
	return 0;
}

static int posted_insert(void *r, lk_u64 id)
{
	void *o = posted_make(r, id);

	return o ? posted_link(r, o) : -ENOMEM;
}

static void *posted_lookup(void *r, lk_u64 id)
{
	return registry_posted_lookup(r, id);
}

static void posted_put(void *r, void *o)
{
	registry_posted_put(r, o);
}

static bool posted_whole(void *o, lk_u64 id)
{
	return ((struct registry_posted_object *)o)->id == id &&
	       is_whole(registry_posted_payload(o), id);
}

static void *posted_find(void *r, lk_u64 id)
{
	return registry_posted_find(r, id);
}

static bool posted_get(void *r, void *o)
{
	return refcount_inc_not_zero(&((struct registry_posted_object *)o)->ref,
				     ((struct registry_posted *)r)->counts.warnings);
}

static lk_u64 posted_tag(void *o)
{
	const struct payload *p = registry_posted_payload(o);

	return order_load_relaxed(&p->tag);
}

static int posted_remove(void *r, void *o)
{
	registry_posted_remove(r, o);
	return 0;
}

static int posted_erase(void *r, lk_u64 id)
{
	return registry_posted_delete(r, id);
}

static size_t posted_shrink(void *r, lk_u64 age_ns, size_t scan)
{
	return scan ? registry_posted_shrink(r, age_ns, scan) : 0;
}

static void posted_settle(void *r)
{
	(void)r;
	REGISTRY_URCU(barrier)();
}

static void posted_account(void *r, struct verify_registry_account *a)
{
	account_of(&((struct registry_posted *)r)->counts, &((struct registry_posted *)r)->cache,
		   a);
}

const struct verify_registry_ops verify_registry_posted = {
	.name = "posted",
	.posted = true,
	.batch = 1,
	.create = posted_create,
	.destroy = posted_destroy,
	.insert = posted_insert,
	.lookup = posted_lookup,
	.put = posted_put,
	.whole = posted_whole,
	.remove = posted_remove,
	.erase = posted_erase,
	.make = posted_make,
	.link = posted_link,
	.find = posted_find,
	.get = posted_get,
	.section = section,
	.inside = inside,
	.tag = posted_tag,
	.shrink = posted_shrink,
	.settle = posted_settle,
	.account = posted_account,
	.enter = enter,
	.leave = leave,
};
#endif
