/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kernel_search.h - from the name of a kernel function to what is attached to. */
#ifndef LATCHKIT_USER_TRACE_PROBE_KERNEL_SEARCH_H
#define LATCHKIT_USER_TRACE_PROBE_KERNEL_SEARCH_H

#include <stdbool.h>

struct probe_list;
struct probe_text;

/*
 * Append what a name stands for: all functions of that very name, else its clones (names with a
 * compiler's suffix), else those that it matches as a pattern. traced: only what trampolines can be
 * attached to, which are found by name and type, so a name must be of one function. Says what is
 * left out, and how many a pattern matched. Returns 0 or EXIT_FAILED, diagnosed.
 */
int kernel_search(struct probe_list *list, const struct probe_text *text, bool traced);

#endif /* LATCHKIT_USER_TRACE_PROBE_KERNEL_SEARCH_H */
