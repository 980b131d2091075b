/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* swap.h - the handler of the events of a trace, and how it is swapped while the programs run. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_SWAP_H
#define LATCHKIT_USER_TRACE_ENGINE_SWAP_H

#include "trace/engine/state.h"

/*
 * Set the handler; NULL: what each kind of probe does by default. It applies to events that start
 * after the store, on all CPUs; one caused by a reader of the reply to the request sees the new
 * handler. An event that has started, such as a call that has not returned, keeps the handler that
 * it started with. Never waits.
 */
void engine_set_handler(struct engine *engine, const struct handler *handler);

/* Do the programs count what each handler is done with? If not, all events are in the records. */
bool engine_counts_handled(const struct engine *engine, enum probe_kind kind);
/* The handler in effect, as the programs have it. */
unsigned int engine_handler(const struct engine *engine, enum probe_kind kind);

#endif /* LATCHKIT_USER_TRACE_ENGINE_SWAP_H */
