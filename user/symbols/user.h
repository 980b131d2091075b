/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * user.h - user-space addresses to names: from the symbol tables of what a process has mapped, and
 * from the map that a JIT compiler writes. Reads files and /proc only: processes are neither
 * stopped nor traced, and nothing is fetched from the network. A process's mappings are read when
 * it is seen at an address that is not known, so often as that is new and not more than ten
 * times a second in the long run; symbol tables when the first name is asked for, once for each
 * file. Takes the right to read /proc/PID/maps (the same user, or CAP_SYS_PTRACE). Not thread-safe.
 */
#ifndef LATCHKIT_USER_SYMBOLS_USER_H
#define LATCHKIT_USER_SYMBOLS_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Of how many programs the mappings are remembered; beyond, those used last. */
#define USYMS_PROGRAMS 2048

struct usyms;

/* A program that a process runs. A pid is used again, so that alone does not tell. */
struct usyms_program {
	unsigned int tgid; /* of the process, on the host */
	unsigned int execs; /* changes with each program that it executes */
	unsigned long long start_ns; /* when the process began */
};

/* By which numbers a program's process is called. */
struct usyms_numbers {
	pid_t pid; /* in this process's /proc; 0: it is not there */
	pid_t inner; /* in its own pid namespace */
	pid_t parent; /* in /proc, a process of the same program, or 0 */
	uint64_t time_ns; /* CLOCK_BOOTTIME: they were these then */
};

/* What has been done so far. */
struct usyms_counts {
	unsigned long long maps_read; /* times that the mappings of a process were read */
	unsigned long long tables_read; /* symbol tables */
};

/* Returns a table that fills as it is asked, for usyms__free(), or NULL when out of memory. */
struct usyms *usyms__new(void);
/* Free the table. NULL is fine. */
void usyms__free(struct usyms *u);
/*
 * The program was seen at these addresses. Read what it has mapped if one is new, or when that was
 * read long ago, so that addresses have names when the process is gone. With no address: it was
 * seen to begin. What a process that is gone had mapped is what the kernel told of that in
 * symbols/mmap_log.h, or that of its parent.
 */
void usyms__see(struct usyms *u, const struct usyms_program *program,
		const struct usyms_numbers *numbers, const unsigned long long *address,
		size_t count);
/*
 * Do what usyms__see() has put off, as it may not be done so soon again. Returns false when nothing
 * is left: it need not be called before the next usyms__see().
 */
bool usyms__catch_up(struct usyms *u);
/*
 * Name the function at an address of a program: "function", or "[file+0xoffset]" with the place in
 * the file when there is no symbol. C++ and Rust names are demangled if `demangled`. Writes the
 * name, cut to `len` bytes, to buf. Returns false and writes "[unknown]" when nothing is known to
 * be mapped there.
 */
bool usyms__name(struct usyms *u, const struct usyms_program *program, uint64_t addr,
		 bool demangled, char *buf, size_t len);
struct usyms_counts usyms__counts(const struct usyms *u);

#endif /* LATCHKIT_USER_SYMBOLS_USER_H */
