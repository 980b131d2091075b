// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* request.c - see trace/control/request.h */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/json_line.h"
#include "trace/control/request.h"
#include "trace/control/socket.h"
#include "trace/engine/engine.h"
#include "trace/engine/handler.h"
#include "trace/engine/reader.h"
#include "trace/engine/swap.h"
#include "trace/session/session.h"

/* The handler that was asked for; without one, that of the first probe that has a choice. */
static const char *handler_name(const struct trace *t)
{
	static const enum probe_kind by_choice[] = {KIND_LATENCY, KIND_EVENT, KIND_SAMPLE};

	if (t->engine->config.handler)
		return t->engine->config.handler->name;
	for (int i = 0; i < KIND_COUNT; i++)
		if (t->probes.kinds[by_choice[i]])
			return handler_get(t->engine->handler[by_choice[i]])->name;
	return "";
}

static char *set_handler(struct trace *t, const char *name)
{
	const struct handler *h = handler_find(name);
	char why[256];
	cJSON *o;

	if (!h) {
		handler_explain(name, why, sizeof(why));
		return control_refusal(why);
	}
	if (!handler_serves(h, t->probes.kinds)) {
		snprintf(why, sizeof(why),
			 "%s: none of the probes can have it: there is nothing to time", h->name);
		return control_refusal(why);
	}
	o = cJSON_CreateObject();
	cJSON_AddBoolToObject(o, "ok", true);
	cJSON_AddStringToObject(o, "handler", h->name);
	cJSON_AddStringToObject(o, "before", handler_name(t));
	cJSON_AddNumberToObject(o, "probes", handler_serves(h, t->probes.kinds));
	cJSON_AddNumberToObject(o, "of", (double)t->probes.count);
	t->engine->config.handler = h;
	engine_set_handler(t->engine, h);
	t->swaps++;
	return json_line_text(o);
}

static char *status(struct trace *t)
{
	cJSON *o = cJSON_CreateObject(), *by;

	reader_read_all(t->reader);
	cJSON_AddBoolToObject(o, "ok", true);
	json_add_u64(o, "pid", (unsigned long long)getpid());
	cJSON_AddStringToObject(o, "handler", handler_name(t));
	json_add_u64(o, "swaps", t->swaps);
	json_add_u64(o, "probes", t->probes.count);
	cJSON_AddStringToObject(o, "first_probe", t->probes.probe[0].name);
	cJSON_AddNumberToObject(o, "duration_s", trace_age_s(t));
	by = cJSON_AddObjectToObject(o, "handled_by");
	for (int h = 0; h < HANDLERS; h++)
		json_add_u64(by, handler_get(h)->name, trace_handled(t, h));
	return json_line_text(o);
}

/* Only these are repeated in an answer: what else a client sends may be anything. */
static bool is_plain(const char *text)
{
	return !text[strspn(text,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_- ")];
}

char *control_answer(void *trace, const char *line, size_t length)
{
	struct trace *t = trace;
	static const char swap[] = "set-handler ";
	char request[CONTROL_LINE + 1];

	memcpy(request, line, length);
	request[length] = '\0';
	if (strlen(request) == length && is_plain(request)) {
		if (strcmp(request, "status") == 0)
			return status(t);
		if (strncmp(request, swap, sizeof(swap) - 1) == 0)
			return set_handler(t, request + sizeof(swap) - 1);
	}
	return control_refusal("no such request; there are: status, set-handler NAME");
}
