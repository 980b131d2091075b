// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * elf_file.h - an open ELF file. libelf reads it by read(2): with mmap(2), a file truncated
 * meanwhile would raise SIGBUS.
 */
#ifndef LATCHKIT_USER_SYMBOLS_ELF_ELF_FILE_H
#define LATCHKIT_USER_SYMBOLS_ELF_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

struct elf_file {
	int fd;
	Elf *elf;
	GElf_Ehdr header;
};

/* Open a file. Returns 0, or a negative errno: -ENOEXEC when it is not a whole ELF file. */
int elf_file_open(struct elf_file *f, const char *path);
void elf_file_close(struct elf_file *f);
/* Find the file offset of what is at an address. Returns false when no segment holds it. */
bool elf_file_offset(struct elf_file *f, uint64_t address, uint64_t *offset);

#endif /* LATCHKIT_USER_SYMBOLS_ELF_ELF_FILE_H */
