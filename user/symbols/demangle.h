/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* demangle.h - names of C++ and Rust functions as people write them, by GNU libiberty. */
#ifndef LATCHKIT_USER_SYMBOLS_DEMANGLE_H
#define LATCHKIT_USER_SYMBOLS_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/* A longer name is left as it is; a few letters may stand for a name of any length. */
#define DEMANGLE_MAX 4096

/*
 * Write what a symbol's name stands for to `out`, of `size` bytes, cut if it is longer: scopes,
 * name and template arguments, without the types of parameters and the hash of Rust's names.
 * Returns false, and writes the name as it is, when that is not a mangled one, or what it stands
 * for is longer than DEMANGLE_MAX. Any name will do: strangers choose them.
 */
bool demangle(const char *symbol, char *out, size_t size);

#endif /* LATCHKIT_USER_SYMBOLS_DEMANGLE_H */
