/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tracepoint.h - the type of what tracepoint:syscalls:NAME stands for: calls of one system call. */
#ifndef LATCHKIT_USER_TRACE_PROBE_TRACEPOINT_H
#define LATCHKIT_USER_TRACE_PROBE_TRACEPOINT_H

#include <stdbool.h>

#include "trace/probe/type.h"

struct probe;

extern const struct probe_type probe_type_syscall;
/* Those that never return: counted when they are entered. */
extern const struct probe_type probe_type_syscall_entry;
/* In spans: their returns. */
extern const struct probe_type probe_type_syscall_left;
/* Those whose start nobody asks about: seen when they return. */
extern const struct probe_type probe_type_syscall_return;

/*
 * Is it a system call that returns once for each call, in the task that called it, and under the
 * number by which it was called? Such a call is known by its return alone. Not so those that make
 * a task, execute a program, or restore what a signal interrupted; nor what is no system call.
 */
bool syscall_returns_in_place(const struct probe *p);

#endif /* LATCHKIT_USER_TRACE_PROBE_TRACEPOINT_H */
