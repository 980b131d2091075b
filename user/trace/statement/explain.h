/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* explain.h - what statements mean on this host, printed; nothing is attached. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPLAIN_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPLAIN_H

#include <stdio.h>

#include "trace/probe/probe.h"

/*
 * For each text: the probes that it stands for, the fields that its expressions name, with their
 * types and offsets, and the steps that programs run. `like` has the limit and the process that a
 * trace would have; no probes. Returns 0 or an exit code, diagnosed.
 */
int explain_statements(const struct probe_list *like, char *const *texts, int count, FILE *to);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPLAIN_H */
