/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* list.h - the probes that exist on this host, with what expressions may name at them. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_LIST_H
#define LATCHKIT_USER_TRACE_STATEMENT_LIST_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Print each probe whose name matches one of the patterns, or all of the kernel without any; with
 * their arguments and types, if `arguments`. Also "struct NAME": its fields. Probes of programs
 * are listed by uprobe:PATH:PATTERN, uretprobe: and usdt:PATH:*. Returns 0 or an exit code,
 * diagnosed: a pattern that matches nothing.
 */
int list_probes(char *const *patterns, int count, bool arguments, FILE *to);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_LIST_H */
