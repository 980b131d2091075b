/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tracepoints.h - which tracepoints the kernel has: from tracefs, mounted for the moment if it is
 * not, else by name only from the kernel's type information, which does not know categories.
 */
#ifndef LATCHKIT_USER_SYMBOLS_TRACEPOINTS_H
#define LATCHKIT_USER_SYMBOLS_TRACEPOINTS_H

#include <stdbool.h>

/* Call fn(category, name, arg) for each, until it returns non-zero. category is NULL when it is
 * not known. Returns what fn returned, or a negative errno when no source can be read. */
int tracepoints_for_each(int (*fn)(const char *category, const char *name, void *arg), void *arg);
/*
 * Open a file of tracefs for reading, such as "events/sched/sched_switch/format", also where it is
 * not mounted. Returns the descriptor or a negative errno.
 */
int tracefs_open(const char *path);
/* Returns the directory where tracefs is readable, or NULL. */
const char *tracefs_path(void);

#endif /* LATCHKIT_USER_SYMBOLS_TRACEPOINTS_H */
