// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* swap.c - see trace/engine/swap.h. */
#include "trace/engine/swap.h"

/* Calls that are only counted are in no record. */
bool engine_counts_handled(const struct engine *e, enum probe_kind kind)
{
	return e->config.swappable || (kind == KIND_LATENCY && e->handler[kind] == HANDLER_COUNT);
}

unsigned int engine_handler(const struct engine *e, enum probe_kind kind)
{
	return e->handler[kind] | (engine_counts_handled(e, kind) ? HANDLER_COUNTED : 0);
}

void engine_set_handler(struct engine *e, const struct handler *handler)
{
	lk_u64 *words = (lk_u64 *)e->handlers.words;

	for (int kind = 0; kind < KIND_COUNT; kind++) {
		e->handler[kind] = handler_for(handler, kind);
		if (words) /* relaxed: a program that reads it needs nothing else of ours */
			order_store_relaxed(&words[kind], engine_handler(e, kind));
	}
}
