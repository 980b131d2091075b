// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* diag.c - see cli/diag.h */
#include <stdarg.h>
#include <stdio.h>

#include "cli/diag.h"

static void message(const char *format, va_list args)
{
	fputs("latchkit: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
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
