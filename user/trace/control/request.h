/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* request.h - what a running trace is asked, and its answers: docs/json.md has the keys. */
#ifndef LATCHKIT_USER_TRACE_CONTROL_REQUEST_H
#define LATCHKIT_USER_TRACE_CONTROL_REQUEST_H

#include <stddef.h>

struct trace;

/* Do what a line without its newline says. Returns the answer: a line, free(); NULL: no memory. */
char *control_answer(struct trace *trace, const char *line, size_t length);
/* The answer to what cannot be done; `why` in plain ASCII. */
char *control_refusal(const char *why);

#endif /* LATCHKIT_USER_TRACE_CONTROL_REQUEST_H */
