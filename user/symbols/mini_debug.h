// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * mini_debug.h - the symbols that some distributions leave in a stripped file, compressed: section
 * .gnu_debugdata.
 */
#ifndef LATCHKIT_USER_SYMBOLS_MINI_DEBUG_H
#define LATCHKIT_USER_SYMBOLS_MINI_DEBUG_H

#include <elfutils/libdwfl.h>

#include "symbols/elf_file.h"

/*
 * Uncompress it, if the file has any. Returns what holds the memory, for dwfl_end(), and sets *elf;
 * NULL: none.
 */
Dwfl *mini_debug_open(struct elf_file *stripped, Elf **elf);

#endif /* LATCHKIT_USER_SYMBOLS_MINI_DEBUG_H */
