/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * file.h - the programs and libraries that probes are in. Each is opened once; from then on it is
 * read and attached to by that descriptor, whatever becomes of its name meanwhile.
 */
#ifndef LATCHKIT_USER_TRACE_PROBE_FILE_H
#define LATCHKIT_USER_TRACE_PROBE_FILE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct debug;

struct probe_file {
	struct probe_file *next;
	char *path; /* as the traced process has it */
	char by_fd[32]; /* the path that leads to the very file: /proc/self/fd/N */
	int fd;
	pid_t pid; /* in whose root the path is; 0: in ours */
	struct stat as_read;
	bool stale_said; /* probe_file_check_name() has spoken */
	struct debug *debug; /* its debug information, for debug_open() */
};

/*
 * Find what a name stands for: for the process `pid` (0: any) first what it has mapped, then what
 * is below its root. Open it, or take it from *list, where it is then kept. Says on standard error
 * when the process has not mapped it. Returns 0 and sets *file; -ENOENT and other negative errnos:
 * nothing printed.
 */
int probe_file_open(struct probe_file **list, const char *name, pid_t pid,
		    struct probe_file **file);
/*
 * Is what was read still what the file holds? Attaching to a file that was written to would put
 * breakpoints into the middle of instructions.
 */
bool probe_file_is_unchanged(const struct probe_file *file);
/* Say for each file, once, that its name leads to another one, or none, meanwhile. */
void probe_files_check_names(struct probe_file *list);
void probe_files_free(struct probe_file *list);

#endif /* LATCHKIT_USER_TRACE_PROBE_FILE_H */
