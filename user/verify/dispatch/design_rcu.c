// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * design_rcu.c - the slot and the table of one flavour of RCU, DISPATCH_RCU, as designs.
 */
#include "verify/dispatch/design.h"

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)
#define RCU(verb) PASTE(PASTE(urcu, DISPATCH_RCU), verb)

/* A design's functions in one section, whose bounds the linker knows. */
#define SECTION(kind) PASTE(verify_design_##kind, DISPATCH_RCU)
/* verify_slot_handle_memb: the name that a debugger or objdump shows. */
#define NAME(kind, operation) PASTE(verify_##kind##_##operation, DISPATCH_RCU)
#define OPERATION(kind, operation) \
	design_call_fn NAME(kind, operation); \
	__attribute__((noinline, flatten, section(TEXT(SECTION(kind))))) int NAME( \
		kind, operation)(struct design_request * r)

_Static_assert(sizeof(struct dispatch_handler) <= sizeof(((struct registration *)0)->handler),
	       "a registration has too little room");

static LK_INLINE struct dispatch_handler *handler_of(struct registration *r)
{
	struct dispatch_handler *h = (struct dispatch_handler *)r->handler;

	h->call = registration_functions[r->number];
	h->context = r;
	return h;
}

/* It is the program's again, and used no more. */
static LK_INLINE struct registration *context_of(struct dispatch_handler *old)
{
	if (!old)
		return NULL;
	old->call = registration_poisoned;
	return old->context;
}

static void release(struct dispatch_handler *old)
{
	registration_give_back(context_of(old));
}

/* -- slot ------------------------------------------------------------------------------------- */

static LK_INLINE struct dispatch_slot *slot_of(struct design_request *r)
{
	return (struct dispatch_slot *)&r->place->slots[r->slot * r->place->stride];
}

OPERATION(slot, handle)
{
	return dispatch_slot_call(slot_of(r), r->event) ? 0 : -ENOENT;
}

OPERATION(slot, replace)
{
	struct dispatch_handler *old;
	int err = dispatch_slot_swap(slot_of(r), handler_of(r->in), &old);

	r->out = context_of(old);
	return err;
}

OPERATION(slot, unregister)
{
	struct dispatch_handler *old;
	int err = dispatch_slot_swap(slot_of(r), NULL, &old);

	r->out = context_of(old);
	return err;
}

OPERATION(slot, replace_async)
{
	return dispatch_slot_swap_async(slot_of(r), handler_of(r->in), release);
}

OPERATION(slot, unregister_async)
{
	return dispatch_slot_swap_async(slot_of(r), NULL, release);
}

/* -- table ------------------------------------------------------------------------------------ */

static LK_INLINE struct dispatch_table table_of(struct design_request *r)
{
	return (struct dispatch_table){r->place->slots, DESIGN_SLOTS, r->place->stride};
}

OPERATION(table, handle)
{
	struct dispatch_table t = table_of(r);

	return dispatch_table_handle(&t, r->slot, r->event);
}

OPERATION(table, register)
{
	struct dispatch_table t = table_of(r);

	return dispatch_table_register(&t, r->slot, handler_of(r->in));
}

OPERATION(table, replace)
{
	struct dispatch_table t = table_of(r);
	struct dispatch_handler *old;
	int err = dispatch_table_replace(&t, r->slot, handler_of(r->in), &old);

	r->out = context_of(old);
	return err;
}

OPERATION(table, unregister)
{
	struct dispatch_table t = table_of(r);
	struct dispatch_handler *old;
	int err = dispatch_table_unregister(&t, r->slot, &old);

	r->out = context_of(old);
	return err;
}

OPERATION(table, replace_async)
{
	struct dispatch_table t = table_of(r);

	return dispatch_table_replace_async(&t, r->slot, handler_of(r->in), release);
}

OPERATION(table, unregister_async)
{
	struct dispatch_table t = table_of(r);

	return dispatch_table_unregister_async(&t, r->slot, release);
}

/* -- both ------------------------------------------------------------------------------------- */

#define FLAVOUR_memb false
#define FLAVOUR_qsbr true

#define START(kind) PASTE(__start_verify_design_##kind, DISPATCH_RCU)
#define STOP(kind) PASTE(__stop_verify_design_##kind, DISPATCH_RCU)
extern const unsigned char START(slot)[], STOP(slot)[], START(table)[], STOP(table)[];

#define DESIGN(kind) \
	.name = #kind "_" TEXT(DISPATCH_RCU), .soundness = "sound", .begin = START(kind), \
	.end = STOP(kind), .waits_offline = PASTE(FLAVOUR, DISPATCH_RCU), \
	.enter = RCU(register_thread), .leave = RCU(unregister_thread), \
	.quiescent = RCU(quiescent_state), .offline = RCU(thread_offline), \
	.online = RCU(thread_online), .inside = dispatch_rcu_inside, .barrier = RCU(barrier)
#define CALL(kind, index, operation) \
	.calls[index] = NAME(kind, operation), .names[index] = TEXT(NAME(kind, operation))

extern const struct design PASTE(design_slot, DISPATCH_RCU), PASTE(design_table, DISPATCH_RCU);

const struct design PASTE(design_slot, DISPATCH_RCU) = {
	DESIGN(slot),
	.promise = "one handler, swapped whole, given back when nobody calls it",
	CALL(slot, DESIGN_HANDLE, handle),
	CALL(slot, DESIGN_REPLACE, replace),
	CALL(slot, DESIGN_UNREGISTER, unregister),
	CALL(slot, DESIGN_REPLACE_ASYNC, replace_async),
	CALL(slot, DESIGN_UNREGISTER_ASYNC, unregister_async),
};

const struct design PASTE(design_table, DISPATCH_RCU) = {
	DESIGN(table),
	.promise = "handlers by index, given back when nobody calls them",
	.is_table = true,
	CALL(table, DESIGN_HANDLE, handle),
	CALL(table, DESIGN_REGISTER, register),
	CALL(table, DESIGN_REPLACE, replace),
	CALL(table, DESIGN_UNREGISTER, unregister),
	CALL(table, DESIGN_REPLACE_ASYNC, replace_async),
	CALL(table, DESIGN_UNREGISTER_ASYNC, unregister_async),
};
