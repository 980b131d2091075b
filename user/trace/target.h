/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* target.h - what a trace is limited to: does it exist, and can the limits be met at once? */
#ifndef LATCHKIT_USER_TRACE_TARGET_H
#define LATCHKIT_USER_TRACE_TARGET_H

#include "trace/session/session.h"

/*
 * Check -p, -t and the command against each other and against the host. Returns 0, EXIT_USAGE or
 * EXIT_FAILED: prints a diagnostic.
 */
int target_check(const struct trace_options *options);

#endif /* LATCHKIT_USER_TRACE_TARGET_H */
