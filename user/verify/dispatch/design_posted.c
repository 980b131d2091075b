// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* design_posted.c - the slot and the table as published, as designs. */
#include "verify/dispatch/design.h"

#define OPERATION(kind, operation) \
	design_call_fn verify_##kind##_posted_##operation; \
	__attribute__((noinline, flatten, section("verify_design_" #kind "_posted"))) int \
		verify_##kind##_posted_##operation(struct design_request *r)

static void nothing(void)
{
}

static bool never(void)
{
	return false;
}

/* -- slot ------------------------------------------------------------------------------------- */

OPERATION(slot, handle)
{
	return dispatch_slot_posted_call(&r->place->posted[r->slot], r->event) ? 0 : -ENOENT;
}

/* What was there the program must know itself; it uses it no more as soon as it has set another. */
OPERATION(slot, replace)
{
	r->out = order_ptr_exchange_acq_rel(&r->place->current[r->slot], r->in);
	dispatch_slot_posted_set(&r->place->posted[r->slot], registration_functions[r->in->number],
				 r->in);
	return 0;
}

OPERATION(slot, unregister)
{
	r->out = order_ptr_exchange_acq_rel(&r->place->current[r->slot], NULL);
	dispatch_slot_posted_set(&r->place->posted[r->slot], NULL, NULL);
	return 0;
}

/* -- table ------------------------------------------------------------------------------------ */

/* Bare functions find their contexts here; the function of a registration is in use by it alone. */
#define BARE 64
static void *bare_context[BARE];
static lk_u64 bare_used[BARE];

#define BARE_FUNCTION(n) \
	static void bare_##n(void *event) \
	{ \
		registration_use(order_ptr_load_acquire(&bare_context[n]), event, n); \
	}
#define BARE_8(D, t) D(t##0) D(t##1) D(t##2) D(t##3) D(t##4) D(t##5) D(t##6) D(t##7)
#define BARE_ALL(D) \
	BARE_8(D, 0) \
	BARE_8(D, 01) \
	BARE_8(D, 02) BARE_8(D, 03) BARE_8(D, 04) BARE_8(D, 05) BARE_8(D, 06) BARE_8(D, 07)
BARE_ALL(BARE_FUNCTION)
#define BARE_NAME(n) bare_##n,
static dispatch_bare_fn *const bare[BARE] = {BARE_ALL(BARE_NAME)};

/* A function that nobody uses, this one if it is free; or one more than there are. */
static __attribute__((noinline)) unsigned int bare_take(lk_u64 first)
{
	for (unsigned int tries = 0; tries < 4 * BARE; tries++) {
		unsigned int i = (unsigned int)(first + tries) % BARE;

		if (order_cmpxchg_acquire(&bare_used[i], 0, 1) == 0)
			return i;
	}
	return BARE;
}

/* Not a part of the operation. */
static __attribute__((noinline)) unsigned int bare_number(dispatch_bare_fn *fn)
{
	for (unsigned int i = 1; i < BARE; i++)
		if (bare[i] == fn)
			return i;
	return 0;
}

static LK_INLINE struct dispatch_table_posted table_of(struct design_request *r)
{
	return (struct dispatch_table_posted){r->place->slots, DESIGN_SLOTS};
}

OPERATION(table, handle)
{
	struct dispatch_table_posted t = table_of(r);

	return dispatch_table_posted_handle(&t, r->slot, r->event) ? 0 : -ENOENT;
}

OPERATION(table, register)
{
	struct dispatch_table_posted t = table_of(r);
	unsigned int i = bare_take(r->in->number);

	if (i == BARE)
		return -EBUSY;
	order_store_relaxed(&r->in->number, i);
	order_ptr_store_release(&bare_context[i], r->in);
	if (dispatch_table_posted_register(&t, r->slot, bare[i]))
		return 0;
	order_store_release(&bare_used[i], 0);
	return -EBUSY;
}

OPERATION(table, unregister)
{
	struct dispatch_table_posted t = table_of(r);
	dispatch_bare_fn *fn = dispatch_table_posted_unregister(&t, r->slot);
	unsigned int i;

	if (!fn)
		return -ENOENT;
	i = bare_number(fn);
	r->out = order_ptr_load_acquire(&bare_context[i]);
	order_store_release(&bare_used[i], 0);
	return 0;
}

/* -- both ------------------------------------------------------------------------------------- */

#define BOUNDS(kind) \
	extern const unsigned char __start_verify_design_##kind##_posted[], \
		__stop_verify_design_##kind##_posted[]
BOUNDS(slot);
BOUNDS(table);

#define DESIGN(kind) \
	.name = #kind "_posted", .soundness = "posted", \
	.begin = __start_verify_design_##kind##_posted, \
	.end = __stop_verify_design_##kind##_posted, .enter = nothing, .leave = nothing, \
	.quiescent = nothing, .offline = nothing, .online = nothing, .inside = never, \
	.barrier = nothing
#define CALL(kind, index, operation) \
	.calls[index] = verify_##kind##_posted_##operation, \
	.names[index] = "verify_" #kind "_posted_" #operation

extern const struct design design_slot_posted, design_table_posted;

const struct design design_slot_posted = {
	DESIGN(slot),
	.promise = "one function pointer, its context beside it, as published",
	CALL(slot, DESIGN_HANDLE, handle),
	CALL(slot, DESIGN_REPLACE, replace),
	CALL(slot, DESIGN_UNREGISTER, unregister),
};

const struct design design_table_posted = {
	DESIGN(table),
	.promise = "bare functions by index, as published",
	.is_table = true,
	CALL(table, DESIGN_HANDLE, handle),
	CALL(table, DESIGN_REGISTER, register),
	CALL(table, DESIGN_UNREGISTER, unregister),
};
