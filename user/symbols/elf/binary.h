// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* binary.h - from the name of a program or library to its file, as a process sees it. */
#ifndef LATCHKIT_USER_SYMBOLS_ELF_BINARY_H
#define LATCHKIT_USER_SYMBOLS_ELF_BINARY_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Open a file for reading below the root of a process, as itself would: its container's, with its
 * mounts and symbolic links. pid 0, or a relative path: as this process would. Does not block on a
 * FIFO. Returns a descriptor or a negative errno.
 */
int binary_open(pid_t pid, const char *path);
/*
 * Find a program or library: the name itself if it has a slash, else an executable in PATH, else a
 * library for the process's machine where distributions keep them: the file called name or name.so,
 * or the newest with a version behind that, so "libc" and "libc.so" find libc.so.6. Below the root
 * of a process; 0: this one. Writes the path, as the process itself would write it, to out, of
 * `len` bytes. Returns 0, -ENOENT when there is none, -ENAMETOOLONG when the path does not fit.
 */
int binary_find(pid_t pid, const char *name, char *out, size_t len);

#endif /* LATCHKIT_USER_SYMBOLS_ELF_BINARY_H */
