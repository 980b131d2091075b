// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * indirect.h - which code an indirect function (STT_GNU_IFUNC) stands for. What the symbol table
 * has is the code that chooses, once, when a process starts; what it has chosen is in that
 * process's memory, wherever the function is called from.
 */
#ifndef LATCHKIT_USER_SYMBOLS_ELF_INDIRECT_H
#define LATCHKIT_USER_SYMBOLS_ELF_INDIRECT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "symbols/elf/elf.h"

/* The most implementations that one process can have chosen: of several versions, say. */
#define INDIRECT_MAX 8

struct indirect {
	uint64_t offsets[INDIRECT_MAX]; /* in the file, of the code that was chosen */
	size_t count;
};

/*
 * Find what a process has chosen for a function of the file that `path` leads to. Returns 0,
 * -ENOENT when the process has not mapped the file, or calls the function from nowhere, or a
 * negative errno.
 */
int indirect_of_process(const char *path, const struct elf_function *f, pid_t pid,
			struct indirect *chosen);
/*
 * The same from any process that runs it: this one, or whichever has mapped the file. Sets *pid to
 * the one that was asked.
 */
int indirect_of_any(const char *path, const struct elf_function *f, pid_t *pid,
		    struct indirect *chosen);

#endif /* LATCHKIT_USER_SYMBOLS_ELF_INDIRECT_H */
