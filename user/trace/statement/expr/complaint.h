/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* complaint.h - what is wrong with a statement, and where in its text. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_COMPLAINT_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_COMPLAINT_H

#include <stdbool.h>
#include <stddef.h>

/* Begins as zeros. */
struct complaint {
	char what[512]; /* "": nothing is wrong */
	size_t at, length; /* the place: bytes of the text */
};

/* Note what is wrong, unless something was before. Returns false. */
bool complain(struct complaint *c, size_t at, size_t length, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/*
 * The text, escaped for a terminal, and below it a line with a caret under the place, to `out` of
 * `size` bytes: "  TEXT\n  ^~~\n". Of a long text the part around the place.
 */
void complaint_show(const struct complaint *c, const char *text, char *out, size_t size);
/* Print it as a message with the text and the place. Returns EXIT_USAGE. */
int complaint_print(const struct complaint *c, const char *text);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_COMPLAINT_H */
