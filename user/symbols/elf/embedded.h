/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * embedded.h - the section .gnu_debugdata: an ELF file with the symbols that were stripped from the
 * one it is in, compressed by xz. Fedora's programs have it.
 */
#ifndef LATCHKIT_USER_SYMBOLS_ELF_EMBEDDED_H
#define LATCHKIT_USER_SYMBOLS_ELF_EMBEDDED_H

#include <stddef.h>

#include "symbols/elf/elf_file.h"

/*
 * Decompress the section's bytes into memory and open what comes out. Returns 0, or a negative
 * errno: -ENOEXEC when it is no ELF file that was compressed by xz, or larger than names are.
 */
int embedded_open(const void *bytes, size_t size, struct elf_file *debug);

#endif /* LATCHKIT_USER_SYMBOLS_ELF_EMBEDDED_H */
