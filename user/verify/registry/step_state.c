// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* step_state.c - see verify/registry/step_state.h. */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "verify/registry/step_state.h"

const char *registry_step_name(enum step_operation operation)
{
	static const char *const names[] = {
		[STEP_LOOKUP] = "lookup", [STEP_LOOKUP_ABSENT] = "lookup of nothing",
		[STEP_PUT] = "put",	  [STEP_LAST_PUT] = "last put",
		[STEP_REMOVE] = "remove", [STEP_DELETE] = "delete",
		[STEP_INSERT] = "insert", [STEP_SHRINK] = "shrink",
	};

	return names[operation];
}

/* Where it stood: a function of a library, or how far behind the operation's own beginning. */
static void name_place(const struct registry_step *s, char *place, size_t size)
{
	const void *at = (const void *)(uintptr_t)s->pc;
	Dl_info info;

	if (!s->pc)
		snprintf(place, size, "each instruction");
	else if (dladdr(at, &info) && info.dli_sname)
		snprintf(place, size, "instruction %lu (%s+0x%llx)", s->boundary, info.dli_sname,
			 s->pc - (uintptr_t)info.dli_saddr);
	else
		snprintf(place, size, "instruction %lu", s->boundary);
}

void registry_step_fail(struct registry_step *s, enum verify_kind kind, const char *format, ...)
{
	struct verify_failure f = {0};
	char place[96], what[192];
	va_list args;

	if (s->stepped->failed)
		return;
	s->stepped->failed = true;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	name_place(s, place, sizeof(place));
	snprintf(f.context, sizeof(f.context), "%s interrupted before %s by %s",
		 registry_step_name(s->operation), place, s->act->name);
	s->site.at[0] = s->operation;
	s->site.at[1] = s->act->number;
	s->site.at[2] = s->boundary;
	verify_site_tell(&s->site, &f);
	verify_fail(s->verdict, kind, &f, "%s", what);
}
