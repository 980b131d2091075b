/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* style.h - letters and numbers of the table for people. */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_STYLE_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_STYLE_H

#include "trace/session/session.h"

/* Escape sequences that begin bold or red letters, and end them; "" without colour. */
const char *style_bold(const struct trace *trace);
const char *style_red(const struct trace *trace);
const char *style_plain(const struct trace *trace);
#define STYLE_TEXT 2048

/* Text that others chose, up to a NUL or `most` bytes, for a terminal; buf holds STYLE_TEXT. */
const char *style_text(char *buf, const char *text, size_t most);
/*
 * The name of a probe, its function demangled unless that is not wanted; of a span, of its first
 * start and end without their types. Not escaped: for style_text(); buf holds STYLE_TEXT.
 */
const char *style_probe(const struct trace *trace, char *buf, const struct probe *probe);
/* 1234567 ns as "1.23ms": at most 6 characters up to 99999 s; buf holds 16. */
const char *style_duration(char *buf, double ns);
/* A figure of a probe: a duration, or a value in its unit, of `width` characters if that can be. */
const char *style_amount(char *buf, const struct probe *p, double amount, int width);

#define STYLE_COUNT 32

/*
 * A number as it is if it has at most `width` digits, else as "12.3M", in at most 5 characters; buf
 * holds STYLE_COUNT.
 */
const char *style_count(char *buf, double n, int width);

/* What stands for all that found no room. Who calls himself so gets another name. */
#define STYLE_OTHER "(other)"
/* style_text() of a name that might be taken for STYLE_OTHER. */
const char *style_name(char *buf, const char *name, size_t most);

/* How many columns a text takes that style_text() made: one for each character of UTF-8. */
size_t style_width(const char *text);
/* On which side of its column a text stands; bare: no blanks fill the column. */
enum style_side { STYLE_LEFT, STYLE_RIGHT, STYLE_BARE };
/* Print such a text in `width` columns: one that is too long loses its middle. */
void style_cell(FILE *out, const char *text, int width, enum style_side side);
/* The same on the left side, but of one that is too long `begin` characters stay, and its end. */
void style_end(FILE *out, const char *text, size_t begin, int width);
/* Print as much of it as there is room for: one that is too long loses its end. */
void style_cut(FILE *out, const char *text, size_t width);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_STYLE_H */
