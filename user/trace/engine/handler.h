/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * handler.h - what the programs of a trace do with an event. Set by --on-sample when the trace
 * starts, by latchkit ctl while it runs.
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
/* Write a diagnostic for an unknown handler's name to buf, with the nearest name or all names. */
void handler_explain(const char *name, char *buf, unsigned int size);
/*
 * The handler of probes of a kind when `wanted` is requested: the default of the kind if `wanted`
 * is NULL or does not serve the kind.
 */
enum trace_handler handler_for(const struct handler *wanted, enum probe_kind kind);
/* How many probes can have the handler; kinds: the number of probes of each kind. */
unsigned int handler_serves(const struct handler *handler, const unsigned int kinds[KIND_COUNT]);

#endif /* LATCHKIT_USER_TRACE_ENGINE_HANDLER_H */
