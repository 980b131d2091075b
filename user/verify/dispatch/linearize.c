// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* linearize.c - see verify/dispatch/linearize.h. */
#include <errno.h>

#include "verify/dispatch/linearize.h"

static bool waits(enum design_operation what)
{
	return what == DESIGN_REPLACE || what == DESIGN_UNREGISTER;
}

static bool puts_over(enum design_operation what)
{
	return what == DESIGN_REPLACE || what == DESIGN_REPLACE_ASYNC;
}

/* With this registration in the slot, would the operation have returned this? Changes the slot. */
static bool fits(const struct history *e, const struct linearize_operation *o, lk_u64 *slot)
{
	lk_u64 old = *slot;

	if (o->result == -EDEADLK)
		return waits(o->what) && !o->out;
	if (o->what == DESIGN_HANDLE)
		return o->seen == old && o->result == (old ? 0 : -ENOENT);
	if (o->what == DESIGN_REGISTER) {
		*slot = old ? old : o->in;
		return o->result == (old ? -EBUSY : 0);
	}
	if (e->is_table && !old)
		return o->result == -ENOENT && !o->out;
	*slot = puts_over(o->what) ? o->in : 0;
	return o->result == 0 && (!waits(o->what) || o->out == old);
}

/* The outer one first or last, the swept one after `position` of the others. */
static bool try_order(const struct history *e, bool outer_first, unsigned int position)
{
	lk_u64 slot = e->initial;

	if (e->has_outer && outer_first && !fits(e, &e->outer, &slot))
		return false;
	for (unsigned int i = 0; i <= e->count; i++) {
		if (e->has_swept && i == position && !fits(e, &e->swept, &slot))
			return false;
		if (i < e->count && !fits(e, &e->done[i], &slot))
			return false;
	}
	if (e->has_outer && !outer_first && !fits(e, &e->outer, &slot))
		return false;
	return fits(e, &e->last, &slot);
}

bool is_linearizable(const struct history *e)
{
	unsigned int positions = e->has_swept ? e->count : 0;

	for (int first = 0; first <= e->has_outer; first++)
		for (unsigned int position = 0; position <= positions; position++)
			if (try_order(e, first, position))
				return true;
	return false;
}
