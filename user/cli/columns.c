// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* columns.c - see cli/columns.h */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/escape.h"

#define COLUMNS_MAX 32

/* Make it fit for a terminal. Frees the text. Returns NULL: no memory. */
static char *escape_cell(char *text)
{
	size_t length = strlen(text);
	char *shown = malloc(ESCAPE_ROOM(length));

	if (shown)
		escape_text(ESCAPE_TERMINAL, shown, ESCAPE_ROOM(length), text, length);
	free(text);
	return shown;
}

void columns_add(struct columns *c, const char *format, ...)
{
	char **more = reallocarray(c->cells, c->count + 1, sizeof(*more)), *text;
	va_list args;

	if (!more) {
		c->failed = true;
		return;
	}
	c->cells = more;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	more[c->count] = text ? escape_cell(text) : NULL;
	if (more[c->count])
		c->count++;
	else
		c->failed = true;
}

/* How many characters of UTF-8: what is printed has no others. */
static int width_of(const char *cell)
{
	int width = 0;

	for (; *cell; cell++)
		width += (*cell & 0xc0) != 0x80;
	return width;
}

static void print_row(const struct columns *c, char *const *row, const int *widths, FILE *to)
{
	for (size_t i = 0; i < c->width; i++) {
		bool right = c->right >> i & 1;

		if (i)
			fputs("  ", to);
		if (!right && i == c->width - 1)
			fputs(row[i], to); /* no blanks at the end of the line */
		else
			fprintf(to, "%*s%s%*s", right ? widths[i] - width_of(row[i]) : 0, "",
				row[i], right ? 0 : widths[i] - width_of(row[i]), "");
	}
	fputc('\n', to);
}

bool columns_print(const struct columns *c, FILE *to)
{
	int widths[COLUMNS_MAX] = {0};

	if (c->failed)
		return false;
	for (size_t i = 0; i < c->count; i++)
		if (width_of(c->cells[i]) > widths[i % c->width])
			widths[i % c->width] = width_of(c->cells[i]);
	for (size_t i = 0; i + c->width <= c->count; i += c->width)
		print_row(c, c->cells + i, widths, to);
	return true;
}

void columns_free(struct columns *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->cells[i]);
	free(c->cells);
	*c = (struct columns){0};
}
