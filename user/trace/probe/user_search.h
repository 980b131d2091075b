/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* user_search.h - from the name of a user function or static probe to what is attached to. */
#ifndef LATCHKIT_USER_TRACE_PROBE_USER_SEARCH_H
#define LATCHKIT_USER_TRACE_PROBE_USER_SEARCH_H

#include "trace/probe/file.h"
#include "trace/probe/probe.h"

struct probe_text;

/*
 * Append what a name stands for in a file: a function of that very name, else its clones (names
 * with a compiler's suffix), else what it matches as a pattern; of an indirect function what was
 * chosen. provider: of a static probe, a pattern, else NULL. The file is read once. Says what is
 * left out, and how many a pattern matched. Returns 0 or EXIT_FAILED, diagnosed.
 */
int user_search(struct probe_list *list, const struct probe_text *text,
		const struct probe_file *file, const char *provider, const char *name);

#endif /* LATCHKIT_USER_TRACE_PROBE_USER_SEARCH_H */
