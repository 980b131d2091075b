/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* suffix.h - what compilers add to the names of functions that they copy or cut in pieces. */
#ifndef LATCHKIT_USER_SYMBOLS_ELF_SUFFIX_H
#define LATCHKIT_USER_SYMBOLS_ELF_SUFFIX_H

#include <stdbool.h>
#include <stddef.h>

enum suffix {
	SUFFIX_NONE, /* a name of its own, dots or not */
	SUFFIX_CLONE, /* .isra.0, .constprop.1: a whole function, perhaps one of several */
	SUFFIX_PART, /* .part.0: called by the rest, which is inlined elsewhere */
	SUFFIX_COLD, /* .cold: jumped into; it has no entry and does not return to who called */
};

/* Returns what the suffix of a name says; sets *bare to the length of the name without it. */
enum suffix suffix_of(const char *name, size_t *bare);
/* Is `name` the name `bare` with a suffix? */
bool suffix_extends(const char *name, const char *bare);

#endif /* LATCHKIT_USER_SYMBOLS_ELF_SUFFIX_H */
