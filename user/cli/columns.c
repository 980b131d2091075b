// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* columns.c - see cli/columns.h */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"

#define COLUMNS_MAX 32

void columns_add(struct columns *c, const char *format, ...)
{
	char **more = reallocarray(c->cells, c->count + 1, sizeof(*more));
	va_list args;

	if (!more) {
		c->failed = true;
		return;
	}
	c->cells = more;
	va_start(args, format);
	if (vasprintf(&more[c->count], format, args) < 0)
		c->failed = true;
	else
		c->count++;
	va_end(args);
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
			fprintf(to, "%*s", right ? widths[i] : -widths[i], row[i]);
	}
	fputc('\n', to);
}

bool columns_print(const struct columns *c, FILE *to)
{
	int widths[COLUMNS_MAX] = {0};

	if (c->failed)
		return false;
	for (size_t i = 0; i < c->count; i++)
		if ((int)strlen(c->cells[i]) > widths[i % c->width])
			widths[i % c->width] = (int)strlen(c->cells[i]);
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
