// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* diag.c - see cli/diag.h */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/escape.h"

/* More than any message has; the rest is cut. */
#define LONGEST 4096

/* Messages that wait for diag_release(); NULL: none have to. */
static char *held;
static size_t held_bytes;
static bool holding;

void diag_hold(void)
{
	holding = true;
}

void diag_drop(void)
{
	holding = false;
	free(held);
	held = NULL;
	held_bytes = 0;
}

void diag_release(void)
{
	if (held)
		fputs(held, stderr);
	diag_drop();
}

/* Returns false when there is no memory: the message is printed at once. */
static bool hold(const char *before, const char *text, const char *behind)
{
	size_t length = strlen(before) + strlen(text) + strlen(behind);
	char *grown = holding ? realloc(held, held_bytes + length + 1) : NULL;

	if (!grown)
		return false;
	held = grown;
	held_bytes += (size_t)sprintf(held + held_bytes, "%s%s%s", before, text, behind);
	return true;
}

void diag_more(const char *lines)
{
	if (!hold("", lines, ""))
		fputs(lines, stderr);
}

/* In one piece, so that messages of several processes do not mix; without memory of its own. */
static void message(const char *format, va_list args)
{
	char text[LONGEST], shown[LONGEST];

	vsnprintf(text, sizeof(text), format, args);
	escape_text(ESCAPE_MESSAGE, shown, sizeof(shown), text, sizeof(text));
	if (!hold("latchkit: ", shown, "\n"))
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
