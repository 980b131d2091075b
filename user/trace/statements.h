/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* statements.h - the statements of the command line: their probes, and what programs evaluate. */
#ifndef LATCHKIT_USER_TRACE_STATEMENTS_H
#define LATCHKIT_USER_TRACE_STATEMENTS_H

#include "trace/session/session.h"

/*
 * Add the probes of one, with its expressions, if it has any. Returns 0, EXIT_USAGE or EXIT_FAILED,
 * diagnosed.
 */
int statements_add(struct trace *t, const char *text);
/*
 * What the statements of a command line are kept by, where --by was not given: all that have keys
 * must have the same. *lines becomes true if one prints its events; then there are keys, comm and
 * pid if there were no others. Returns 0, or EXIT_USAGE, diagnosed. Texts that are wrong are left
 * to statements_add().
 */
int statements_keys(struct key_list *keys, bool *lines, char *const *texts, size_t count);
/* The same statement without its keys, free(); NULL: no memory. */
char *statements_without_keys(const char *text);
void statements_free(struct trace *t);

#endif /* LATCHKIT_USER_TRACE_STATEMENTS_H */
