/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry_test.h - for the two registries in BPF alike: what a program is asked to do, the oracle
 * of related words, a storm of inserts, lookups and deletes, and what a program does in an NMI.
 *
 * Every word of a payload follows from the id and the life, a number drawn for each insert. The
 * including program names the registry, R(verb), and has what differs:
 *
 *   R_PUT_REFUSED           defined if an object that was not inserted is the caller's to put
 *   R_CREATE                defined as a call, if there is something to be done once
 *   R_TIDY                  the same, for now and then, in no NMI
 *   int keep(place, o)      hold a reference there (NULL: none), put what was there: whether it was
 *   int where(lk_u64 id)    store the addresses for watchpoints
 *   long request_own(const struct registry_args *args)    the requests that not both answer
 */
#ifndef LATCHKIT_TESTS_BPF_REGISTRY_TEST_H
#define LATCHKIT_TESTS_BPF_REGISTRY_TEST_H

#include <stdbool.h>

#include <latchkit/record.h>

#include "bpf/trace/shared.h"

/* Only the context probe's members are used. */
const volatile struct trace_settings settings;

#include "bpf/trace/context.h"

struct registry_found found;
lk_u64 lives; /* drawn so far */

#define FOUND(what) ((void)order_fetch_add_relaxed(&found.what, 1))
#define POISON 0x6b6b6b6b6b6b6b6bULL

/* -- the oracle ------------------------------------------------------------------------------- */

static LK_INLINE lk_u64 word_of(lk_u64 id, lk_u64 life, unsigned int i)
{
	return (id + 1) * 0x9e3779b97f4a7c15ULL + life * (2 * i + 1);
}

static LK_INLINE void fill(lk_u64 *payload, lk_u64 id)
{
	lk_u64 life = order_fetch_add_relaxed(&lives, 1) + 1;

	order_store_relaxed(&payload[0], life);
#pragma clang loop unroll(full)
	for (unsigned int i = 1; i < REGISTRY_TEST_PAYLOAD; i++)
		order_store_relaxed(&payload[i], word_of(id, life, i));
}

/* Returns its life, or 0 if not all words are of this id and one life. */
static LK_INLINE lk_u64 life_of(const lk_u64 *payload, lk_u64 id)
{
	lk_u64 life = order_load_relaxed(&payload[0]), bad = 0;

#pragma clang loop unroll(full)
	for (unsigned int i = 1; i < REGISTRY_TEST_PAYLOAD; i++)
		bad |= order_load_relaxed(&payload[i]) ^ word_of(id, life, i);
	return bad ? 0 : life;
}

/* As long as the reference is held nothing may change. */
static LK_INLINE void look_at(const lk_u64 *payload, lk_u64 id)
{
	lk_u64 life = life_of(payload, id);

	FOUND(looked);
	if (!life) {
		FOUND(torn);
		return;
	}
#pragma clang loop unroll(full)
	for (int i = 0; i < 4; i++)
		if (life_of(payload, id) != life) {
			FOUND(changed);
			return;
		}
}

/* -- one thing each --------------------------------------------------------------------------- */

#ifndef R_CREATE
#define R_CREATE 0
#endif
#ifndef R_TIDY
#define R_TIDY (void)0
#endif

static int keep(lk_u64 place, struct R(object) * o);
static int where(lk_u64 id);
static long request_own(const struct registry_args *args);

static __attribute__((noinline)) int insert_one(lk_u64 id)
{
	struct R(object) *o = R(new)(id);
	int err;

	if (!o)
		return -ENOMEM;
	fill(o->payload, id);
	err = R(insert)(o);
#ifdef R_PUT_REFUSED
	if (err)
		R(put)(o);
#endif
	return err;
}

static __attribute__((noinline)) int look_at_one(lk_u64 id)
{
	struct R(object) *o = R(lookup)(id);

	if (!o)
		return -ENOENT;
	look_at(o->payload, id);
	R(put)(o);
	return 0;
}

static __attribute__((noinline)) int delete_one(lk_u64 id)
{
	return R(delete)(id);
}

static LK_INLINE int hold(lk_u64 id, lk_u64 place)
{
	struct R(object) *o = R(lookup)(id);

	if (!o)
		return -ENOENT;
	keep(place, o);
	return 0;
}

/* -- the storm -------------------------------------------------------------------------------- */

struct storm {
	lk_u64 random, ids;
};

static long storm_step(__u32 i, struct storm *s)
{
	lk_u64 id;

	if (i % 64 == 0)
		R_TIDY;
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	id = (s->random >> 8) % s->ids;
	switch (s->random & 3) {
	case 0:
		insert_one(id);
		break;
	case 1:
		delete_one(id);
		break;
	default:
		look_at_one(id);
	}
	return 0;
}

static LK_INLINE void storm(lk_u64 rounds, lk_u64 seed, lk_u64 ids)
{
	struct storm s = {seed * 0x9e3779b97f4a7c15ULL + 1, ids ? ids : 1};

	bpf_loop(rounds & 0x7fffff, storm_step, &s, 0);
}

static LK_INLINE long request(const struct registry_args *args)
{
	switch (args->request) {
	case REGISTRY_CREATE:
		return R_CREATE;
	case REGISTRY_INSERT:
		return insert_one(args->a);
	case REGISTRY_LOOKUP:
		return look_at_one(args->a);
	case REGISTRY_HOLD:
		return hold(args->a, args->b);
	case REGISTRY_PUT:
		return keep(args->b, 0) ? 0 : -ENOENT;
	case REGISTRY_DELETE:
		return delete_one(args->a);
	case REGISTRY_WHERE:
		return where(args->a);
	case REGISTRY_STORM:
		storm(args->a, args->b, args->c);
		return 0;
	default:
		return request_own(args);
	}
}

/* -- in an NMI -------------------------------------------------------------------------------- */

static LK_INLINE void count_insert(int err)
{
	if (!err)
		FOUND(nmi_inserted);
	else if (err == -ENOMEM)
		FOUND(nmi_no_object);
	else if (err == -EBUSY)
		FOUND(nmi_insert_busy);
}

static LK_INLINE void count_delete(int err)
{
	if (!err)
		FOUND(nmi_deleted);
	else if (err == -EBUSY)
		FOUND(nmi_delete_busy);
}

static long delete_step(__u32 id, void *ctx)
{
	(void)ctx;
	count_delete(delete_one(id));
	return 0;
}

/* One request, of an id that the interrupted program may be at as well; or, where that has locked
 * one of the buckets, deletes of all ids. */
static LK_INLINE void interrupt(void *ctx)
{
	lk_u64 n = order_fetch_add_relaxed(&found.nmis, 1) * 0x9e3779b97f4a7c15ULL >> 32;
	lk_u64 id = (n >> 2) % REGISTRY_TEST_NMI_IDS;

	(void)order_fetch_add_relaxed(&found.contexts[context_now() & 7], 1);
	if (bpf_get_attach_cookie(ctx) == REGISTRY_TEST_LOCKED)
		bpf_loop(REGISTRY_TEST_NMI_IDS, delete_step, 0, 0);
	switch (n & 3) {
	case 0:
		count_insert(insert_one(id));
		break;
	case 1:
		count_delete(delete_one(id));
		break;
	default:
		if (!look_at_one(id))
			FOUND(nmi_hit);
	}
}

#endif /* LATCHKIT_TESTS_BPF_REGISTRY_TEST_H */
