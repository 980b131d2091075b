/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* format_file.h - the fields of a tracepoint's record, as its format file in tracefs has them. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_FORMAT_FILE_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_FORMAT_FILE_H

#include "trace/statement/expr/ctype.h"

/* Where the value of something that is named args.NAME is. */
enum format_place {
	PLACE_ARGUMENT, /* in no record: an argument of the probe */
	PLACE_FIELD, /* in the record of a tracepoint */
	PLACE_DYNAMIC, /* in that record, where 16 bits in this field say */
	PLACE_RELATIVE, /* the same, counted from the end of this field */
};

struct format_field {
	char name[64], type[96]; /* "filename", "const char *" */
	unsigned int offset, size; /* in the record, in bytes */
	bool is_signed;
	char index[16]; /* of an array: "[16]"; else "" */
};

/*
 * Call fn() for each field behind the common ones, until it returns false. Returns 0 or a negative
 * errno: there is no such file, or tracefs cannot be read.
 */
int format_file_read(const char *category, const char *name,
		     bool (*fn)(const struct format_field *field, void *arg), void *arg);
/* A line of the file. Returns false when it is of no field. */
bool format_file_line(const char *line, struct format_field *field);
/* "const struct iovec *" of such a file as a type; what is not known has 64 bits. */
struct ctype format_type(const struct btf *btf, const char *text);
/* The type of a field: an array without known elements, or of the size that the record has. */
struct ctype format_field_type(const struct btf *btf, const struct format_field *field);
/* Where its value is: strings of any length are behind the other fields. */
enum format_place format_field_place(const struct format_field *field);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_FORMAT_FILE_H */
