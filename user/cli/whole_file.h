/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * whole_file.h - an output of which a file gets all or nothing: it is written at the end. What was
 * in the file before stays until then. For output that fits memory.
 */
#ifndef LATCHKIT_USER_CLI_WHOLE_FILE_H
#define LATCHKIT_USER_CLI_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct whole_file {
	FILE *stream; /* print here */
	const char *path; /* NULL: standard output */
	int fd;
	bool is_new;
	char *text;
	size_t size;
};

/* Open for writing; `path` NULL: standard output. Returns 0, or EXIT_FAILED after printing why. */
int whole_file_open(struct whole_file *file, const char *path);
/*
 * Write the file, if `code`, the exit code so far, is 0; else leave it as it was. Returns the exit
 * code: EXIT_FAILED after printing why it could not be written; then it is empty, or not there.
 */
int whole_file_close(struct whole_file *file, int code);

#endif /* LATCHKIT_USER_CLI_WHOLE_FILE_H */
