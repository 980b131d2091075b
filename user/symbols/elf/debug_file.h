// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* debug_file.h - the file that has the symbols which were stripped from a program or library. */
#ifndef LATCHKIT_USER_SYMBOLS_ELF_DEBUG_FILE_H
#define LATCHKIT_USER_SYMBOLS_ELF_DEBUG_FILE_H

#include <sys/types.h>

#include "symbols/elf/elf_file.h"

/*
 * Find it where debuggers do: below /usr/lib/debug/.build-id by the build id, else by the name in
 * .gnu_debuglink beside the file, in .debug there, or below /usr/lib/debug, else in the file itself
 * (embedded.h). A file of another build is not taken. Returns 0 with *debug open, or a negative
 * errno.
 */
int debug_file_open(struct elf_file *stripped, struct elf_file *debug);
/* The build id of a file, which belongs to it. Returns its length; 0: none. */
ssize_t debug_file_build_id(struct elf_file *f, const void **id);

#endif /* LATCHKIT_USER_SYMBOLS_ELF_DEBUG_FILE_H */
