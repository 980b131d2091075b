// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ops.c - a registry as functions, for verify registry: compiled once for each reference count,
 * REGISTRY_REF, and once for the published registry, REGISTRY_POSTED.
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

/* -- what differs ----------------------------------------------------------------------------- */

#ifdef REGISTRY_POSTED
#define SUBJECT posted
#define IS_POSTED true
#define BUCKETS 1024
#define CALL(verb) registry_posted_##verb
typedef struct registry_posted table;
typedef struct registry_posted_object object;

__thread void (*verify_registry_dropped)(void *r);
__thread lk_u64 verify_registry_tag;
void (*verify_registry_released)(lk_u64 tag);

static size_t destroy(void *r)
{
	return registry_posted_destroy(r);
}

static void settle(void *r)
{
	(void)r;
	REGISTRY_URCU(barrier)();
}

static int link_(void *r, void *o)
{
	registry_posted_insert(r, o);
	return 0;
}

static int remove_(void *r, void *o)
{
	registry_posted_remove(r, o);
	return 0;
}

static lk_u64 id_of(object *o)
{
	return o->id;
}

static bool get(void *r, void *o)
{
	return refcount_inc_not_zero(&((object *)o)->ref, ((table *)r)->counts.warnings);
}
#else
#define SUBJECT REGISTRY_REF
#define IS_POSTED false
#define BUCKETS 0
#define CALL(verb) registry_##verb
typedef struct registry table;
typedef struct registry_object object;

static size_t destroy(void *r)
{
	return registry_destroy(r, REGISTRY_LEAK);
}

static void settle(void *r)
{
	registry_settle(r);
}

static int link_(void *r, void *o)
{
	return registry_insert(r, o);
}

static int remove_(void *r, void *o)
{
	return registry_remove(r, o);
}

static lk_u64 id_of(object *o)
{
	return registry_id(o);
}

static bool get(void *r, void *o)
{
	return registry_get(r, o);
}
#endif

/* -- what does not ---------------------------------------------------------------------------- */

/* The published registry does not say which object it releases. */
static void release(struct registry_object *o, void *arg)
{
	const struct payload *p = registry_payload(o);

	(void)arg;
	if (verify_registry_released)
		verify_registry_released(IS_POSTED ? 0 : order_load_relaxed(&p->tag));
}

static void *create(void)
{
	static const struct registry_config config = {
		.payload_bytes = sizeof(struct payload),
		.seed = 1,
		.poison = true,
		.spare = 4096,
		.buckets = BUCKETS,
		.release = release,
	};
	table *r;

	return CALL(create)(&r, &config) ? NULL : r;
}

static void *make(void *r, lk_u64 id)
{
	object *o = CALL(new)(r, id);
	struct payload *p = o ? CALL(payload)(o) : NULL;

	/* Others look at it at any time, when something is wrong. */
	if (p) {
		order_store_relaxed(&p->id, id);
		order_store_relaxed(&p->inverse, ~id);
		order_store_relaxed(&p->tag, verify_registry_tag);
	}
	return o;
}

static bool whole(void *o, lk_u64 id)
{
	const struct payload *p = CALL(payload)(o);

	return id_of(o) == id && order_load_relaxed(&p->id) == id &&
	       order_load_relaxed(&p->inverse) == ~id;
}

static lk_u64 tag(void *o)
{
	const struct payload *p = CALL(payload)(o);

	return order_load_relaxed(&p->tag);
}

static void put(void *r, void *o)
{
	CALL(put)(r, o);
}

static int insert(void *r, lk_u64 id)
{
	void *o = make(r, id);
	int err = o ? link_(r, o) : -ENOMEM;

	if (o && err)
		put(r, o);
	return err;
}

static void *lookup(void *r, lk_u64 id)
{
	return CALL(lookup)(r, id);
}

static void *find(void *r, lk_u64 id)
{
	return CALL(find)(r, id);
}

static int erase(void *r, lk_u64 id)
{
	return CALL(delete)(r, id);
}

static size_t shrink(void *r, lk_u64 age_ns, size_t scan)
{
	return IS_POSTED && !scan ? 0 : CALL(shrink)(r, age_ns, scan);
}

static void account(void *r, struct verify_registry_account *a)
{
	table *t = r;
	lk_u64 n[REGISTRY_COUNTS];

	registry_counts_read(&t->counts, n);
	*a = (struct verify_registry_account){
		.made = n[REGISTRY_MADE],
		.freed = n[REGISTRY_FREED],
		.inserted = n[REGISTRY_INSERTED],
		.deleted = n[REGISTRY_DELETED],
		.shed = n[REGISTRY_RECLAIMED],
		.bad_puts = n[REGISTRY_BAD_PUTS],
		.overwritten = t->cache.overwritten,
		.in_use = registry_cache_in_use(&t->cache),
	};
	for (unsigned int i = 0; i < REFCOUNT_WARNINGS; i++)
		a->warnings += order_load_relaxed(&t->counts.warnings[i]);
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

#define NAME_(name) #name
#define NAME(name) NAME_(name)

const struct verify_registry_ops REGISTRY_PASTE(verify_registry_, SUBJECT, ) = {
	.name = NAME(SUBJECT),
	.posted = IS_POSTED,
	.batch = IS_POSTED ? 1 : REGISTRY_BATCH,
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
	.releases = !IS_POSTED,
	.shrink = shrink,
	.settle = settle,
	.account = account,
	.enter = REGISTRY_URCU(register_thread),
	.leave = REGISTRY_URCU(unregister_thread),
};
