/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * files.h - the files that processes have mapped, each once, whoever mapped it: told apart by
 * device, inode, size and time of the last change. Their names are read when the first is asked
 * for, or when too many files wait for that.
 */
#ifndef LATCHKIT_USER_SYMBOLS_FILES_H
#define LATCHKIT_USER_SYMBOLS_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* The most descriptors that are held, and what the names of all files may take: bytes, and time. */
#define SYMFILES_OPEN 128
#define SYMFILES_BYTES (768u << 20)
#define SYMFILES_NS 20000000000ULL

struct symfiles;
struct symfile;

/* For symfiles__free(). NULL when out of memory. */
struct symfiles *symfiles__new(void);
/* Free it; all files must have been put. NULL is fine. */
void symfiles__free(struct symfiles *files);
/*
 * Get the file with that status, for symfiles_put(). fd is a descriptor of it, opened with O_PATH
 * at least: it is opened for reading if that was not done before. Returns NULL when it is not
 * a regular file, cannot be read, or out of memory.
 */
struct symfile *symfiles_get(struct symfiles *files, int fd, const struct stat *status);
/* The same of a file that somebody else has mapped, by device and inode; NULL: nobody has. */
struct symfile *symfiles_find(struct symfiles *files, dev_t device, ino_t inode);
struct symfile *symfiles_get_again(struct symfile *file);
void symfiles_put(struct symfiles *files, struct symfile *file);
/* The function at an offset in the file, see symtable__name(); NULL: it has no name. */
const char *symfiles_name(struct symfiles *files, struct symfile *file, uint64_t offset);
/* How many symbol tables have been read so far. */
size_t symfiles_read(const struct symfiles *files);

#endif /* LATCHKIT_USER_SYMBOLS_FILES_H */
