/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * aside_file.h - a file that is there whole or not at all, at any moment: it is written under
 * another name beside its own and then renamed. What had the name before stays until then. For
 * output that fits memory.
 */
#ifndef LATCHKIT_USER_CLI_ASIDE_FILE_H
#define LATCHKIT_USER_CLI_ASIDE_FILE_H

#include <stddef.h>
#include <stdio.h>

struct aside_file {
	FILE *stream; /* print here */
	const char *path;
	char *text;
	size_t size;
};

/*
 * Can a file be put there? Nothing is written. Returns 0, or EXIT_FAILED after printing why not: no
 * such directory, no permission, or there is something of that name that is no regular file.
 */
int aside_file_check(const char *path);
/*
 * Begin to print. Returns 0, or EXIT_FAILED after printing why; aside_file_close() need not be
 * called then.
 */
int aside_file_open(struct aside_file *file, const char *path);
/*
 * Put the file in its place, if `code`, the exit code so far, is 0. It has the mode of the file
 * that it replaces, or that of a new one; where the name is a symbolic link, what that leads to is
 * replaced. Returns the exit code: EXIT_FAILED after printing why the file could not be written;
 * then nothing is left of it.
 */
int aside_file_close(struct aside_file *file, int code);

#endif /* LATCHKIT_USER_CLI_ASIDE_FILE_H */
