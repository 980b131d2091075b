/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* syntax.h - from the text of a probe to what it stands for on this host. */
#ifndef LATCHKIT_USER_TRACE_PROBE_SYNTAX_H
#define LATCHKIT_USER_TRACE_PROBE_SYNTAX_H

#include "trace/probe/probe.h"

/*
 * Parse one probe, resolve it, and append what it stands for (patterns: several; a pair given as
 * two probes: one). Returns 0, or EXIT_USAGE or EXIT_FAILED after printing a diagnostic.
 */
int probe_list_add(struct probe_list *list, const char *text);
/* The lines of latchkit trace --help on all types; the caller frees them. NULL: out of memory. */
char *probe_types_help(void);

#endif /* LATCHKIT_USER_TRACE_PROBE_SYNTAX_H */
