/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* defaults.h - the probes of a trace: those that were asked for, or the default ones. */
#ifndef LATCHKIT_USER_TRACE_DEFAULTS_H
#define LATCHKIT_USER_TRACE_DEFAULTS_H

#include "trace/session/session.h"

/*
 * Resolve the probes of trace->options, and check that they can have the handler and the report
 * that were asked for. Fills trace->probes and trace->previous. Returns 0 or an exit code; errors
 * have been printed.
 */
int trace_set_up_probes(struct trace *trace);

#endif /* LATCHKIT_USER_TRACE_DEFAULTS_H */
