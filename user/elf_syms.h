/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* elf_syms.h - what can be probed in a program or library: functions and static probes. */
#ifndef LATCHKIT_USER_ELF_SYMS_H
#define LATCHKIT_USER_ELF_SYMS_H

#include <stddef.h>

/*
 * Call fn for each function that the file defines, until it returns non-zero; a name may come
 * twice. Returns what fn returned, or -ENOENT and the like when the file cannot be read,
 * -ENOEXEC when it is not ELF.
 */
int elf_syms_for_each(const char *path, int (*fn)(const char *name, void *arg), void *arg);
/* The same for static probes (SystemTap notes). */
int elf_usdt_for_each(const char *path,
		      int (*fn)(const char *provider, const char *name, void *arg), void *arg);
/*
 * The path of a program or library: the name itself if it has a slash, else from PATH, else from
 * the library directories ("libc" and "libc.so.6" both work). Returns 0 or -ENOENT.
 */
int elf_resolve_binary(const char *name, char *out, size_t size);

#endif /* LATCHKIT_USER_ELF_SYMS_H */
