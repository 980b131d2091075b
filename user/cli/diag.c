// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* diag.c - see cli/diag.h */
#include <stdarg.h>
#include <stdio.h>

#include "cli/diag.h"
#include "cli/escape.h"

/* More than any message has; the rest is cut. */
#define LONGEST 4096

/* In one piece, so that messages of several processes do not mix; without memory of its own. */
static void message(const char *format, va_list args)
{
	char text[LONGEST], shown[LONGEST];

	vsnprintf(text, sizeof(text), format, args);
	escape_text(ESCAPE_MESSAGE, shown, sizeof(shown), text, sizeof(text));
	fprintf(stderr, "latchkit: %s\n", shown);
}

int fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message(format, args);
	va_end(args);
	return EXIT_FAILED;
}

int fail_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message(format, args);
	va_end(args);
	return EXIT_USAGE;
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message(format, args);
	va_end(args);
}
