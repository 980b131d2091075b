// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* elf.h - what can be probed in a program or library: functions and static probes. */
#ifndef LATCHKIT_USER_SYMBOLS_ELF_ELF_H
#define LATCHKIT_USER_SYMBOLS_ELF_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A function by its name, and where in the file the code of that name is. */
struct elf_function {
	const char *name;
	const uint64_t *offsets; /* in the file, ascending, each once */
	size_t offset_count; /* several: versions of a symbol, static functions of one name */
	bool indirect; /* the code there only chooses what is called (symbols/elf/indirect.h) */
};

/* What a program or library is made of, as far as it matters to who puts probes into it. */
#define ELF_IS_GO (1 << 0) /* the Go runtime moves stacks and reads the return addresses on them */
#define ELF_THROWS (1 << 1) /* exceptions or panics unwind its stack */

/*
 * Call fn with each function that the file defines, or the debug file of a stripped one, in order
 * of the names and each name once, until it returns non-zero. What it is called with is gone when
 * this returns. Returns what fn returned, 0 at the end of the list, or a negative errno without a
 * call: -ENOENT and the like when the file cannot be read, -ENOEXEC when it is not a whole ELF
 * file, -ENOMEM.
 */
int elf_syms_for_each(const char *path, int (*fn)(const struct elf_function *f, void *arg),
		      void *arg);
/* The same for its static probes (SystemTap's notes), each provider and name once. */
int elf_usdt_for_each(const char *path,
		      int (*fn)(const char *provider, const char *name, void *arg), void *arg);

/* Returns a set of ELF_IS_GO and ELF_THROWS, 0 for what cannot be read. */
unsigned int elf_traits(const char *path);

#endif /* LATCHKIT_USER_SYMBOLS_ELF_ELF_H */
