/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * columns.h - a table whose columns are as wide as their widest cell. Cells are escaped for a
 * terminal (cli/escape.h).
 */
#ifndef LATCHKIT_USER_CLI_COLUMNS_H
#define LATCHKIT_USER_CLI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Start with the number of columns, at most 32; `right`: bit i aligns column i to the right. */
struct columns {
	size_t width; /* columns */
	unsigned int right;
	char **cells; /* row by row */
	size_t count;
	bool failed; /* no memory for a cell */
};

/* Add the next cell: of the row begun, or the first of a new row. */
void columns_add(struct columns *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Print the whole rows. Returns false if cells were lost for want of memory: nothing is printed. */
bool columns_print(const struct columns *c, FILE *to);
void columns_free(struct columns *c);

#endif /* LATCHKIT_USER_CLI_COLUMNS_H */
