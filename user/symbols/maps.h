/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* maps.h - the code that a process has mapped at one moment, from /proc/PID/maps. */
#ifndef LATCHKIT_USER_SYMBOLS_MAPS_H
#define LATCHKIT_USER_SYMBOLS_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "symbols/files.h"
#include "symbols/mmap_log.h"

/* What is mapped beyond these is not known: bytes of text, and ranges that can be executed. */
#define MAPS_BYTES_MAX (16u << 20)
#define MAPS_MAX 16384

struct mapping {
	uint64_t start, end;
	uint64_t offset; /* in the file */
	uint64_t device, inode; /* as /proc says; inode 0: no file */
	uint32_t path; /* place in the names */
	struct symfile *file; /* NULL: none, or it cannot be read */
};

struct maps {
	size_t users;
	struct mapping *mapping; /* ascending */
	size_t count, room;
	char *names; /* paths, "[vdso]" and the like; "": none */
	size_t name_bytes, name_room;
};

/*
 * Read what can be executed. Opens the files, by what is mapped rather than by name where that is
 * allowed. `before`: what the same process had mapped before, whose files are not opened again, or
 * NULL. Returns NULL when the process is gone, has no memory of its own or may not be read, or when
 * out of memory; for maps__free().
 */
struct maps *maps__read(pid_t pid, struct symfiles *files, const struct maps *before);
/*
 * The same from a log: what the process that began after since_ns had mapped by the program that it
 * ran at time_ns. It may be gone. NULL when the log does not know.
 */
struct maps *maps__logged(struct mmap_log *log, pid_t pid, uint64_t since_ns, uint64_t time_ns,
			  struct symfiles *files);
/* Have it freed only when that has been asked for once more. Returns it. */
struct maps *maps_share(struct maps *maps);
/* NULL is fine. */
void maps__free(struct maps *maps, struct symfiles *files);
/* Returns the mapping at an address, or NULL. */
const struct mapping *maps_find(const struct maps *maps, uint64_t address);
/* Are the same files mapped at the same addresses? */
bool maps_equal(const struct maps *a, const struct maps *b);
/* The path of a mapping. */
const char *maps_path(const struct maps *maps, const struct mapping *mapping);

#endif /* LATCHKIT_USER_SYMBOLS_MAPS_H */
