/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* mappings.h - the files that a process has mapped, from /proc/PID/maps. */
#ifndef LATCHKIT_USER_SYMBOLS_ELF_MAPPINGS_H
#define LATCHKIT_USER_SYMBOLS_ELF_MAPPINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct mapping {
	uint64_t start, end, offset; /* addresses; where in the file it begins */
	bool executable;
	bool deleted; /* the path leads to this file no more */
	dev_t device;
	ino_t inode;
	const char *path; /* as the process's own root has it */
};

/*
 * Call fn with each mapping of a file, in order of the addresses, until it returns non-zero.
 * Returns what it returned, or a negative errno.
 */
int mappings_for_each(pid_t pid, int (*fn)(const struct mapping *m, void *arg), void *arg);
/*
 * Write the path by which the mapped file itself can be opened, whatever has become of its name,
 * to out: 64 bytes are enough. Opening takes CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
 */
void mapping_file(pid_t pid, const struct mapping *m, char *out, size_t size);

/* Is the mapping one of that file? Devices of overlays and subvolumes differ in /proc/PID/maps. */
bool mapping_is_of(pid_t pid, const struct mapping *m, const struct stat *file);

#endif /* LATCHKIT_USER_SYMBOLS_ELF_MAPPINGS_H */
