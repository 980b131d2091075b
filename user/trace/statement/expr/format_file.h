/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* format_file.h - the fields of a tracepoint's record, as its format file in tracefs has them. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_FORMAT_FILE_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_FORMAT_FILE_H

#include <stdbool.h>

struct format_field {
	char name[64], type[96]; /* "filename", "const char *" */
};

/*
 * Call fn() for each field behind the common ones, until it returns false. Returns 0 or a negative
 * errno: there is no such file, or tracefs cannot be read.
 */
int format_file_read(const char *category, const char *name,
		     bool (*fn)(const struct format_field *field, void *arg), void *arg);
/* A line of the file. Returns false when it is of no field. */
bool format_file_line(const char *line, struct format_field *field);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_FORMAT_FILE_H */
