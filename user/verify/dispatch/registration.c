// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* registration.c - see verify/dispatch/registration.h. */
#include <stdlib.h>
#include <string.h>

#include "verify/dispatch/registration.h"

enum { FREE, TAKEN, OFFERED };

/* How far registration_take() looks for a free one. */
#define LOOK 64
/* How long a handler uses its context. */
#define LINGER 20

static struct registration_counts counts;

/* -- handlers --------------------------------------------------------------------------------- */

static void look(const struct registration *r, struct registration_event *e, lk_u64 number)
{
	/* Relaxed, here and below: what is looked for are values, not what was written before. */
	lk_u64 seen = order_load_relaxed(&r->number);

	e->freed += seen == REGISTRATION_POISON;
	e->mixed += seen != number && seen != REGISTRATION_POISON;
}

void registration_use(struct registration *r, struct registration_event *e, lk_u64 number)
{
	e->calls++;
	if (!r) {
		e->mixed++;
		return;
	}
	e->serial = order_load_relaxed(&r->serial);
	look(r, e, number);
	order_fetch_add_acq_rel(&r->running, 1);
	order_fetch_add_relaxed(&r->calls, 1);
	if (e->within)
		e->within(e);
	else
		for (volatile int i = 0; i < LINGER; i++)
			;
	look(r, e, number);
	order_fetch_add_acq_rel(&r->running, ~0ULL);
	e->freed += order_load_relaxed(&r->serial) != e->serial;
}

#define FUNCTION(n) \
	static void function_##n(void *context, void *event) \
	{ \
		registration_use(context, event, n); \
	}
FUNCTION(0)
FUNCTION(1)
FUNCTION(2)
FUNCTION(3)

dispatch_fn *const registration_functions[REGISTRATION_FUNCTIONS] = {function_0, function_1,
								     function_2, function_3};

void registration_poisoned(void *context, void *event)
{
	struct registration_event *e = event;

	(void)context;
	e->calls++;
	e->freed++;
}

/* -- pools ------------------------------------------------------------------------------------ */

bool registrations_open(struct registrations *pool, unsigned int count, unsigned int who)
{
	*pool = (struct registrations){.count = count, .serial = (lk_u64)(who + 1) << 40};
	pool->all = aligned_alloc(64, count * sizeof(*pool->all));
	if (!pool->all)
		return false;
	memset(pool->all, 0, count * sizeof(*pool->all));
	return true;
}

void registrations_close(struct registrations *pool)
{
	free(pool->all);
	pool->all = NULL;
}

struct registration *registration_take(struct registrations *pool)
{
	for (unsigned int i = 0; i < LOOK; i++) {
		struct registration *r = &pool->all[pool->next++ % pool->count];

		if (order_load_acquire(&r->state) != FREE)
			continue;
		order_store_relaxed(&r->serial, pool->serial++);
		order_store_relaxed(&r->number, pool->serial % REGISTRATION_FUNCTIONS);
		order_store_relaxed(&r->calls, 0);
		order_store_relaxed(&r->state, TAKEN);
		return r;
	}
	return NULL;
}

void registration_offer(struct registration *r)
{
	order_store_release(&r->state, OFFERED);
}

/* Ours, or whoever's comes second: then it has been given back already. */
static bool end(struct registration *r)
{
	if (order_cmpxchg_acq_rel(&r->state, OFFERED, TAKEN) == OFFERED)
		return true;
	order_fetch_add_relaxed(&counts.twice, 1);
	return false;
}

void registration_refused(struct registration *r)
{
	if (!end(r))
		return;
	order_store_relaxed(&r->number, REGISTRATION_POISON);
	order_store_release(&r->state, FREE);
}

void registration_give_back(struct registration *r)
{
	if (!end(r))
		return;
	if (order_fetch_add_acq_rel(&r->running, 0))
		order_fetch_add_relaxed(&counts.in_use, 1);
	order_store_relaxed(&r->number, REGISTRATION_POISON);
	order_fetch_add_relaxed(&counts.given_back, 1);
	order_store_release(&r->state, FREE);
}

lk_u64 registrations_lost(const struct registrations *pool)
{
	lk_u64 lost = 0;

	for (unsigned int i = 0; i < pool->count; i++)
		lost += order_load_acquire(&pool->all[i].state) == OFFERED;
	return lost;
}

struct registration_counts registration_counts(void)
{
	return (struct registration_counts){order_load_relaxed(&counts.given_back),
					    order_load_relaxed(&counts.twice),
					    order_load_relaxed(&counts.in_use)};
}
