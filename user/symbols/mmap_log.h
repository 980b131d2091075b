/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * mmap_log.h - what code the processes of this host have mapped lately, as the kernel's perf events
 * tell of it (PERF_RECORD_MMAP2): also of those that were gone before anybody could look. Bounded:
 * the newest records are kept.
 */
#ifndef LATCHKIT_USER_SYMBOLS_MMAP_LOG_H
#define LATCHKIT_USER_SYMBOLS_MMAP_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* So many records are kept, and so many bytes of paths. */
#define MMAP_LOG_RECORDS 32768
#define MMAP_LOG_PATHS (4u << 20)

struct mmap_log;

/* A range of code that was mapped. */
struct mmap_record {
	uint64_t time_ns; /* CLOCK_BOOTTIME */
	uint64_t start, end, offset;
	uint64_t device, inode;
	pid_t pid; /* of the process, in the pid namespace of this one */
	uint32_t path; /* place in the paths; EXECUTED: no range, it executed a program */
};

#define MMAP_EXECUTED UINT32_MAX

/*
 * Begin. On CPUs that are online. Takes CAP_PERFMON, or kernel.perf_event_paranoid below 0. Returns
 * NULL when the kernel refuses, or when out of memory; for mmap_log__free().
 */
struct mmap_log *mmap_log__new(void);
/* NULL is fine. */
void mmap_log__free(struct mmap_log *log);
/* Take in what has happened so far. Never waits. */
void mmap_log_serve(struct mmap_log *log);
/*
 * Call fn with what the process has mapped, in order of time, by the program that it ran at time_ns
 * (CLOCK_BOOTTIME), if it began after since_ns. Stops when fn returns false.
 */
void mmap_log_each(struct mmap_log *log, pid_t pid, uint64_t since_ns, uint64_t time_ns,
		   bool (*fn)(const struct mmap_record *record, const char *path, void *arg),
		   void *arg);

#endif /* LATCHKIT_USER_SYMBOLS_MMAP_LOG_H */
