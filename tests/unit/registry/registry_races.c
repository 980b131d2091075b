// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registry_races.c - threads that use one registry at once; what happens where a shrinker has
 * dropped its lock; and the registry as published, which is seen to fail where the hardened one
 * does not.
 */
#include "registry_test.h"
#include "user/host/random.h"

static const struct registry_config poisoned = CONFIG(.poison = true, .spare = 1 << 20);

/* -- where the lock was dropped --------------------------------------------------------------- */

/* Delete what the shrinker would look at next, and have it freed. */
static void delete_the_next(void *registry)
{
	struct registry *r = registry;
	lk_u64 id;

	if (cds_list_empty(&r->by_age))
		return;
	id = registry_id(cds_list_entry(r->by_age.next, struct registry_object, age));
	assert_int_equal(registry_delete(r, id), 0);
	assert_int_equal(registry_delete(r, id), -ENOENT);
	registry_settle(r);
}

TEST(a_shrinker_survives_what_others_delete)
{
	struct registry *r = registry_of(&poisoned);

	add_ids(r, 0, 20 * REGISTRY_BATCH);
	when_dropped = delete_the_next;
	assert_true(registry_shrink(r, 0, 10 * REGISTRY_BATCH) == 10 * REGISTRY_BATCH);
	when_dropped = NULL;
	assert_int_equal(registry_size(r), 10 * REGISTRY_BATCH - 10);
	finish(r);
}

/* -- as published ----------------------------------------------------------------------------- */

/* What is broken is not freed; it is not lost either. */
static struct registry_posted *all_posted[8];

static struct registry_posted *posted_of(const struct registry_config *config, lk_u64 count)
{
	static unsigned int made;
	struct registry_posted *r;

	assert_int_equal(registry_posted_create(&r, config), 0);
	all_posted[made++] = r;
	for (lk_u64 id = 0; id < count; id++)
		registry_posted_insert(r, registry_posted_new(r, id));
	return r;
}

TEST(the_posted_registry_works_alone)
{
	struct registry_posted *r = posted_of(&poisoned, 1000);
	struct registry_posted_object *o = registry_posted_lookup(r, 7);

	assert_non_null(o);
	assert_int_equal(o->id, 7);
	assert_int_equal(registry_posted_delete(r, 7), 0);
	assert_int_equal(registry_posted_delete(r, 7), -ENOENT);
	registry_posted_put(r, o);
	assert_int_equal(registry_posted_shrink(r, 0, 500), 500);
	assert_null(registry_posted_lookup(r, 3));
	assert_int_equal(registry_posted_destroy(r), 0);
}

/* The object that is next in the shrinker's walk; somebody holds it, so that it is not freed. */
static struct registry_posted_object *pinned;

static void delete_the_pinned(void *registry)
{
	when_dropped = NULL;
	assert_int_equal(registry_posted_delete(registry, pinned->id), 0);
	assert_int_equal(refcount_read(&pinned->ref), 1);
}

/* It goes on with an object that points to itself, and puts it again and again. */
TEST(the_posted_shrinker_takes_a_reference_that_is_not_its)
{
	struct registry_posted *r = posted_of(&poisoned, 10);
	lk_u64 warnings = 0;

	pinned = registry_posted_lookup(r, 1);
	when_dropped = delete_the_pinned;
	RCU(read_lock)(); /* or its memory would go */
	assert_int_equal(registry_posted_shrink(r, 0, 5), 5);
	/* 4 of the 5 were the pinned one, which had 1 reference, ours. */
	assert_true(refcount_read(&pinned->ref) == 0 || refcount_read(&pinned->ref) > REFCOUNT_MAX);
	for (int i = 0; i < REFCOUNT_WARNINGS; i++)
		warnings += r->counts.warnings[i];
	assert_int_equal(warnings, 3);
	assert_non_null(registry_posted_find(r, 2));
	RCU(read_unlock)();
}

static void delete_by_another(void *registry)
{
	when_dropped = NULL;
	registry_posted_delete(registry, 1);
	RCU(read_lock)(); /* keep what it freed */
}

/* Two deletes of one id that both found it: it is put once more than it was got. */
TEST(two_posted_deletes_put_one_reference)
{
	struct registry_posted *r = posted_of(&poisoned, 2);

	when_dropped = delete_by_another;
	assert_int_equal(registry_posted_delete(r, 1), 0);
	assert_int_equal(r->counts.warnings[REFCOUNT_WARN_UNDERFLOW], 1);
	RCU(read_unlock)();
}

static void free_the_next(void *registry)
{
	when_dropped = NULL;
	registry_posted_delete(registry, 1);
	RCU(barrier)();
}

static void shrink_with_next_freed(void *arg)
{
	struct registry_posted *r;

	(void)arg;
	RCU(register_thread)();
	r = posted_of(&poisoned, 3);
	when_dropped = free_the_next;
	registry_posted_shrink(r, 0, 10);
}

/* Not held, it is freed: the shrinker follows what is in freed memory. In a process of its own. */
TEST(the_posted_shrinker_uses_what_was_freed)
{
	int status = child_status(shrink_with_next_freed, NULL);

	/* A signal, or AddressSanitizer's exit. */
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}

/* -- all at once ------------------------------------------------------------------------------ */

#define IDS 64
#define SECONDS 0.2
#define STORM_SECONDS 0.6

struct storm {
	struct registry *r;
	lk_u64 stop, wrong, hits, inserts, deletes, reclaimed;
};

static bool is_whole(struct registry_object *o, lk_u64 id)
{
	struct payload *p = registry_payload(o);

	return registry_id(o) == id && p->id == id && p->also_id == id;
}

static void look_up(struct storm *s, lk_u64 id)
{
	struct registry_object *o = registry_lookup(s->r, id);

	if (!o)
		return;
	if (!is_whole(o, id))
		order_fetch_add_relaxed(&s->wrong, 1);
	sched_yield();
	if (!is_whole(o, id))
		order_fetch_add_relaxed(&s->wrong, 1);
	registry_put(s->r, o);
	order_fetch_add_relaxed(&s->hits, 1);
}

static void insert(struct storm *s, lk_u64 id)
{
	struct registry_object *o = object_of(s->r, id);

	if (registry_insert(s->r, o))
		registry_put(s->r, o);
	else
		order_fetch_add_relaxed(&s->inserts, 1);
}

static void delete_found(struct storm *s, lk_u64 id)
{
	struct registry_object *o = registry_lookup(s->r, id);

	if (!o)
		return;
	if (registry_remove(s->r, o) == 0)
		order_fetch_add_relaxed(&s->deletes, 1);
	registry_put(s->r, o);
}

/* Lookups, inserts, deletes, removals of what was found, and the shrinker, in no order. */
static void stormer(void *arg)
{
	struct storm *s = arg;
	uint64_t random = (uintptr_t)&random;

	while (!get(&s->stop)) {
		lk_u64 id = random_below(&random, IDS);

		switch (random_below(&random, 8)) {
		case 0:
			if (registry_delete(s->r, id) == 0)
				order_fetch_add_relaxed(&s->deletes, 1);
			break;
		case 1:
			delete_found(s, id);
			break;
		case 2:
			order_fetch_add_relaxed(&s->reclaimed, registry_shrink(s->r, 0, id % 4));
			break;
		case 3:
		case 4:
			insert(s, id);
			break;
		default:
			look_up(s, id);
		}
		RCU(quiescent_state)();
	}
}

#define STORMERS 3

TEST(nothing_is_lost_in_a_storm)
{
	struct storm s = {.r = registry_of(&poisoned)};
	double end = now_s() + STORM_SECONDS;
	struct thread threads[STORMERS];

	threads_start(threads, STORMERS, stormer, &s);
	while (now_s() < end || s.hits < 100) {
		registry_settle(s.r);
		thread_pause(1000);
	}
	set(&s.stop, 1);
	threads_join(threads, STORMERS);
	print_message("%llu hits, %llu inserts, %llu deletes, %llu reclaimed\n", s.hits, s.inserts,
		      s.deletes, s.reclaimed);
	assert_int_equal(s.wrong, 0);
	assert_int_equal(s.inserts, s.deletes + s.reclaimed + registry_size(s.r));
	assert_int_equal(counted(s.r, REGISTRY_DELETED), s.deletes);
	assert_int_equal(counted(s.r, REGISTRY_RECLAIMED), s.reclaimed);
	finish(s.r);
}

/* Two try to unlink one object; one is told that it did. */
struct rivals {
	struct registry *r;
	struct registry_object *o;
	int err[2];
	unsigned int rounds;
	int (*other)(struct rivals *d);
};

static int by_remove(struct rivals *d)
{
	return registry_remove(d->r, d->o);
}

static int by_shrink(struct rivals *d)
{
	return registry_shrink(d->r, 0, 1) == 1 ? 0 : -ENOENT;
}

static void rivals_prepare(void *arg)
{
	struct rivals *d = arg;

	add(d->r, 1);
	d->o = registry_lookup(d->r, 1);
}

static void rivals_act(void *arg, int who)
{
	struct rivals *d = arg;

	d->err[who] = who ? d->other(d) : registry_delete(d->r, 1);
}

static lk_u64 rivals_unfair(void *arg)
{
	struct rivals *d = arg;
	bool told_wrong = d->err[0] + d->err[1] != -ENOENT;
	bool miscounted = REGISTRY_COUNT(read)(&d->o->ref) != 1;

	registry_put(d->r, d->o);
	if (++d->rounds % 512 == 0)
		registry_settle(d->r);
	return told_wrong + miscounted;
}

static void one_is_told(int (*other)(struct rivals *d))
{
	struct rivals both = {.r = registry_of(&poisoned), .other = other};
	struct duel d = {&both, rivals_prepare, rivals_act, rivals_unfair, 0, 0, 0};

	assert_int_equal(duel(&d, ~0ULL, SECONDS), 0);
	finish(both.r);
}

TEST(one_of_two_deletes_is_told)
{
	one_is_told(by_remove);
}

TEST(the_deleter_or_the_shrinker_is_told)
{
	one_is_told(by_shrink);
}
