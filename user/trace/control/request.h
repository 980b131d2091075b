/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* request.h - what a running trace is asked, and its answers: docs/json.md has the keys. */
#ifndef LATCHKIT_USER_TRACE_CONTROL_REQUEST_H
#define LATCHKIT_USER_TRACE_CONTROL_REQUEST_H

#include <stddef.h>

/* A control_answer_fn (trace/control/socket.h) whose argument is a struct trace. */
char *control_answer(void *trace, const char *line, size_t length);

#endif /* LATCHKIT_USER_TRACE_CONTROL_REQUEST_H */
