/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * handler.h - what the programs of a trace do with an event: --on-sample chooses it when the trace
 * starts, latchkit ctl while it runs.
 */
#ifndef LATCHKIT_USER_TRACE_ENGINE_HANDLER_H
#define LATCHKIT_USER_TRACE_ENGINE_HANDLER_H

#include <stdbool.h>

#include "bpf/trace/shared.h"

struct handler {
	const char *name;
	enum trace_handler id;
	bool serves[KIND_COUNT]; /* which kinds of probes can have it */
};

/* The handler of that id, below HANDLERS. */
const struct handler *handler_get(enum trace_handler id);
/* Returns NULL if there is none of that name. */
const struct handler *handler_find(const char *name);
/* Write why there is no handler of that name, and what there is, to buf. */
void handler_explain(const char *name, char *buf, unsigned int size);
/*
 * The handler that probes of a kind get when `wanted` is asked for: that, or the one of every such
 * probe that nobody asked anything of, if they cannot have it or `wanted` is NULL.
 */
enum trace_handler handler_for(const struct handler *wanted, enum probe_kind kind);
/* How many probes can have it; kinds: how many there are of each kind. */
unsigned int handler_serves(const struct handler *handler, const unsigned int kinds[KIND_COUNT]);

#endif /* LATCHKIT_USER_TRACE_ENGINE_HANDLER_H */
