// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * user.h - user-space addresses to names, by elfutils' libdw, from the symbol tables of what a
 * process has mapped. Reads /proc only: processes are neither stopped nor traced, and nothing is
 * fetched from the network. Remembers the 64 programs that were used last. Takes the right to read
 * /proc/PID/maps (the same user, or CAP_SYS_PTRACE). Not thread-safe.
 */
#ifndef LATCHKIT_USER_SYMBOLS_USER_H
#define LATCHKIT_USER_SYMBOLS_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct usyms;

/* Returns a table that fills as it is asked, for usyms__free(), or NULL when out of memory. */
struct usyms *usyms__new(void);
/* Free the table. NULL is fine. */
void usyms__free(struct usyms *u);
/*
 * Note what the process has mapped now, so that its addresses have names when it is gone. To be
 * called again now and then: a process may execute another program. Does nothing for a process
 * that cannot be read.
 */
void usyms__watch(struct usyms *u, pid_t pid);
/*
 * Name the function at an address of a process: "function", or "[file+0xoffset]" with the distance
 * in bytes from where the file is mapped, when it has no symbol there. Writes the name, cut to
 * `len` bytes, to buf. Returns false and writes "[unknown]" when nothing is mapped there, or the
 * process cannot be read, or is gone and was not watched. What changed in the process during the
 * last tenth of a second may not be known yet.
 */
bool usyms__name(struct usyms *u, pid_t pid, uint64_t addr, char *buf, size_t len);

#endif /* LATCHKIT_USER_SYMBOLS_USER_H */
