// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* span.c - see trace/probe/span.h */
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "trace/probe/span.h"
#include "trace/probe/tracepoint.h"

static int attach_nothing(struct attachments *a, const struct probe *p)
{
	(void)a;
	(void)p;
	return 0;
}

const struct probe_type probe_type_span = {
	PROBE_SPELLED("span", "span", "PROBE .. PROBE"),
	.kind = KIND_LATENCY,
	.attach = attach_nothing,
};

int span_row_add(struct probe_list *list, const char *name)
{
	struct probe p = {.type = &probe_type_span, .name = strdup(name)};

	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->probe[i].name, name) == 0) {
			free(p.name);
			return fail_usage("%s: is there twice", name);
		}
	return probe_list_push(list, &p);
}

/* From sys_enter_NAME to sys_exit_NAME. */
static void rename_syscall(char *name)
{
	char *enter = strstr(name, "enter_");

	if (!enter)
		return;
	memcpy(enter, "exit_", strlen("exit_"));
	memmove(enter + strlen("exit_"), enter + strlen("enter_"),
		strlen(enter + strlen("enter_")) + 1);
}

bool span_event(struct probe *p, bool at_return)
{
	bool is_syscall = p->type == &probe_type_syscall || p->type == &probe_type_syscall_entry;

	if (!p->type->in_span)
		return false;
	p->type = is_syscall && at_return ? &probe_type_syscall_left : p->type->in_span;
	p->kind = p->type->kind;
	if (is_syscall && at_return)
		rename_syscall(p->name);
	return true;
}
