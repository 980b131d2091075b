// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* complaint.c - see trace/statement/expr/complaint.h */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/escape.h"
#include "trace/statement/expr/complaint.h"

/* Of a text so many bytes before and behind the place are shown. */
#define AROUND 200
#define SHOWN (2 * AROUND)

bool complain(struct complaint *c, size_t at, size_t length, const char *format, ...)
{
	va_list args;

	if (c->what[0])
		return false;
	va_start(args, format);
	vsnprintf(c->what, sizeof(c->what), format, args);
	va_end(args);
	c->at = at;
	c->length = length;
	return false;
}

/* Columns of escaped text: its characters. Wide ones count as one. */
static size_t columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

void complaint_show(const struct complaint *c, const char *text, char *out, size_t size)
{
	size_t all = strlen(text), at = c->at < all ? c->at : all, wide;
	size_t from = at > AROUND ? at - AROUND : 0;
	size_t length = c->length < all - at ? c->length : all - at;
	char before[ESCAPE_ROOM(SHOWN)], place[ESCAPE_ROOM(SHOWN)], after[ESCAPE_ROOM(SHOWN)];

	length = length < AROUND ? length : AROUND;
	escape_text(ESCAPE_MESSAGE, before, sizeof(before), text + from, at - from);
	escape_text(ESCAPE_MESSAGE, place, sizeof(place), text + at, length);
	escape_text(ESCAPE_MESSAGE, after, sizeof(after), text + at + length, AROUND);
	wide = columns(place);
	snprintf(out, size, "  %s%s%s\n  %*s^", before, place, after, (int)columns(before), "");
	for (size_t i = 1; i < wide && strlen(out) + 2 < size; i++)
		strcat(out, "~");
	if (strlen(out) + 2 <= size)
		strcat(out, "\n");
}

int complaint_print(const struct complaint *c, const char *text)
{
	char shown[3 * ESCAPE_ROOM(SHOWN)];

	complaint_show(c, text, shown, sizeof(shown));
	fail_usage("%s", c->what);
	diag_more(shown);
	return EXIT_USAGE;
}
