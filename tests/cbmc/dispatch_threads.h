/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch_threads.h - one way to put a handler in and to call it, for each kind of dispatch.
 * KIND_x comes from the command line. Handlers are told from each other by their functions; what
 * they use is a word, their context.
 */
#ifndef CBMC_DISPATCH_THREADS_H
#define CBMC_DISPATCH_THREADS_H

#include "memory.h"

#define DISPATCH_RCU flag
#include <latchkit/dispatch.h>

struct context {
	lk_u64 ready;
};
static struct context old_context, new_context;

/* What the call saw: which handler ran, with which context, in which state. */
static __CPROVER_thread_local lk_u64 seen_ready;
static __CPROVER_thread_local _Bool seen_new, old_ran, new_ran;

/* The context's own word, by value: see memory_known(). */
static void see(const void *context)
{
	if (context == &new_context)
		seen_ready = new_context.ready;
	else if (context == &old_context)
		seen_ready = old_context.ready;
	seen_new = context == &new_context;
}

static void call_old(void *context, void *event)
{
	(void)event;
	old_ran = 1;
	see(context);
}

static void call_new(void *context, void *event)
{
	(void)event;
	new_ran = 1;
	see(context);
}

#if defined(KIND_SLOT) || defined(KIND_TABLE) || defined(KIND_TABLE_REPLACE)
static struct dispatch_handler old_handler = {.call = call_old, .context = &old_context};
static struct dispatch_handler new_handler = {.call = call_new, .context = &new_context};
static const struct dispatch_table handlers = {
	.slots = (void **)memory, .count = 1, .stride = DISPATCH_PACKED};
#define slot ((struct dispatch_slot *)memory)

void *memory_known(memory_word address)
{
	if (address == (memory_word)&old_handler)
		return &old_handler;
	if (address == (memory_word)&new_handler)
		return &new_handler;
	return NULL;
}

static void put_old(void)
{
	memory_value[0] = (memory_word)&old_handler;
}

/* Put the new handler in. Afterwards the old one is the program's. */
static void put_new(void)
{
	memory_word old;

#if defined(KIND_SLOT)
	dispatch_slot_swap(slot, &new_handler, (struct dispatch_handler **)&old);
#elif defined(KIND_TABLE_REPLACE)
	dispatch_table_replace((struct dispatch_table *)&handlers, 0, &new_handler,
			       (struct dispatch_handler **)&old);
#else
	dispatch_table_register((struct dispatch_table *)&handlers, 0, &new_handler);
#endif
}

static void call(void)
{
#if defined(KIND_SLOT)
	dispatch_slot_call(slot, NULL);
#else
	dispatch_table_handle(&handlers, 0, NULL);
#endif
}
#elif defined(KIND_SLOT_POSTED)
#define slot ((struct dispatch_slot_posted *)memory)

void *memory_known(memory_word address)
{
	if (address == (memory_word)(void *)call_old)
		return (void *)call_old;
	if (address == (memory_word)(void *)call_new)
		return (void *)call_new;
	if (address == (memory_word)&old_context)
		return &old_context;
	if (address == (memory_word)&new_context)
		return &new_context;
	return NULL;
}

static void put_old(void)
{
	memory_value[0] = (memory_word)call_old;
	memory_value[1] = (memory_word)&old_context;
}

static void put_new(void)
{
	dispatch_slot_posted_set(slot, call_new, &new_context);
}

static void call(void)
{
	dispatch_slot_posted_call(slot, NULL);
}
#elif defined(KIND_TABLE_POSTED)
static const struct dispatch_table_posted handlers = {.slots = (void **)memory, .count = 1};

static void bare_new(void *event)
{
	call_new(&new_context, event);
}

void *memory_known(memory_word address)
{
	if (address == (memory_word)(void *)bare_new)
		return (void *)bare_new;
	return NULL;
}

static void put_new(void)
{
	dispatch_table_posted_register((struct dispatch_table_posted *)&handlers, 0, bare_new);
}

static void call(void)
{
	dispatch_table_posted_handle(&handlers, 0, NULL);
}
#elif defined(KIND_SELECTOR)
enum { NOTHING, OLD, NEW };

static void put_old(void)
{
	memory_value[0] = dispatch_selector(OLD, OLD);
}

static void put_new(void)
{
	dispatch_selector_set(memory, dispatch_selector(NEW, NEW));
}

static void call(void)
{
	lk_u64 word = dispatch_selector_get(memory);
	struct context *context =
		dispatch_selector_context(word) == NEW ? &new_context : &old_context;

	if (dispatch_selector_handler(word) == OLD)
		call_old(context, NULL);
	else if (dispatch_selector_handler(word) == NEW)
		call_new(context, NULL);
}
#endif

/* The program: `prepare`, then `change` and caller() side by side. */
#ifdef OLD_FIRST
#define THREADS_OLD put_old()
#else
#define THREADS_OLD
#endif
#define THREADS_MAIN(prepare, change) \
	int main(void) \
	{ \
		prepare; \
		THREADS_OLD; \
	__CPROVER_ASYNC_1: \
		change(); \
	__CPROVER_ASYNC_2: \
		caller(); \
		return 0; \
	}

#endif /* CBMC_DISPATCH_THREADS_H */
