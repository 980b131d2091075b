/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tracepoint.h - the type of what tracepoint:syscalls:NAME stands for: calls of one system call. */
#ifndef LATCHKIT_USER_TRACE_PROBE_TRACEPOINT_H
#define LATCHKIT_USER_TRACE_PROBE_TRACEPOINT_H

#include "trace/probe/type.h"

extern const struct probe_type probe_type_syscall;
/* Those that never return: counted when they are entered. */
extern const struct probe_type probe_type_syscall_entry;

#endif /* LATCHKIT_USER_TRACE_PROBE_TRACEPOINT_H */
