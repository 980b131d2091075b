// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* result.c - see doctor/result.h */
#include <stdarg.h>
#include <stdio.h>

#include "doctor/result.h"
#include "host/scarcity.h"

void result_set(struct feature_result *r, enum feature_state state, const char *format, ...)
{
	va_list args;

	r->state = state;
	va_start(args, format);
	vsnprintf(r->detail, sizeof(r->detail), format, args);
	va_end(args);
}

enum feature_state result_of_error(int err)
{
	return scarcity_is(err) ? FEATURE_UNKNOWN : FEATURE_NO;
}

const char *feature_state_name(enum feature_state state)
{
	static const char *const names[] = {
		[FEATURE_NO] = "no",
		[FEATURE_YES] = "yes",
		[FEATURE_UNKNOWN] = "unknown",
		[FEATURE_INFO] = "info",
	};

	return names[state];
}
