// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* handler.c - see trace/engine/handler.h: the table of handlers. */
#include <stdio.h>
#include <string.h>

#include "trace/engine/handler.h"
#include "cli/suggest.h"

static const struct handler handlers[HANDLERS] = {
	{"count",
	 HANDLER_COUNT,
	 {[KIND_EVENT] = true, [KIND_LATENCY] = true, [KIND_SAMPLE] = true}},
	{"latency", HANDLER_LATENCY, {[KIND_LATENCY] = true}},
	{"stacks",
	 HANDLER_STACKS,
	 {[KIND_EVENT] = true, [KIND_LATENCY] = true, [KIND_SAMPLE] = true}},
};

static const enum trace_handler by_default[KIND_COUNT] = {
	[KIND_EVENT] = HANDLER_COUNT,
	[KIND_LATENCY] = HANDLER_LATENCY,
	[KIND_SAMPLE] = HANDLER_STACKS,
};

const struct handler *handler_get(enum trace_handler id)
{
	return &handlers[id];
}

const struct handler *handler_find(const char *name)
{
	for (int i = 0; i < HANDLERS; i++)
		if (strcmp(handlers[i].name, name) == 0)
			return &handlers[i];
	return NULL;
}

void handler_explain(const char *name, char *buf, unsigned int size)
{
	struct suggest near;

	suggest_init(&near, name);
	for (int i = 0; i < HANDLERS; i++)
		suggest_offer(&near, handlers[i].name);
	snprintf(buf, size, "%.64s: no such handler; %s", name,
		 suggest_hint(&near, "there are count, latency and stacks"));
}

enum trace_handler handler_for(const struct handler *wanted, enum probe_kind kind)
{
	return wanted && wanted->serves[kind] ? wanted->id : by_default[kind];
}

unsigned int handler_serves(const struct handler *handler, const unsigned int kinds[KIND_COUNT])
{
	unsigned int n = 0;

	for (int kind = 0; kind < KIND_COUNT; kind++)
		n += handler->serves[kind] ? kinds[kind] : 0;
	return n;
}
