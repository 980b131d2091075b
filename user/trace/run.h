/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - a trace from its options to its summary. */
#ifndef LATCHKIT_USER_TRACE_RUN_H
#define LATCHKIT_USER_TRACE_RUN_H

#include "trace/session/session.h"

/*
 * Run a trace until its time is up, SIGINT, SIGTERM or SIGHUP, the end of what it traces, or until
 * nobody reads its output. Everything is detached again when it returns. Returns the exit code;
 * errors have been printed.
 */
int trace_run(const struct trace_options *options);

#endif /* LATCHKIT_USER_TRACE_RUN_H */
