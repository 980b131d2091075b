/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* style.h - letters and numbers of the table for people. */
#ifndef LATCHKIT_USER_TRACE_REPORT_STYLE_H
#define LATCHKIT_USER_TRACE_REPORT_STYLE_H

#include "trace/session/session.h"

/* Escape sequences that begin bold or red letters, and end them; "" without colour. */
const char *style_bold(const struct trace *trace);
const char *style_red(const struct trace *trace);
const char *style_plain(const struct trace *trace);
#define STYLE_TEXT 2048

/* Text that others chose, up to a NUL or `most` bytes, for a terminal; buf holds STYLE_TEXT. */
const char *style_text(char *buf, const char *text, size_t most);
/*
 * The name of a probe, its function demangled unless that is not wanted. Not escaped: for
 * style_text(); buf holds STYLE_TEXT.
 */
const char *style_probe(const struct trace *trace, char *buf, const struct probe *probe);
/* 1234567 ns as "1.23ms"; buf holds 16. */
const char *style_duration(char *buf, double ns);

#endif /* LATCHKIT_USER_TRACE_REPORT_STYLE_H */
