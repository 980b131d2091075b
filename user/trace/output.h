/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* output.h - a stream on which waiting for the reader can be interrupted. */
#ifndef LATCHKIT_USER_TRACE_OUTPUT_H
#define LATCHKIT_USER_TRACE_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct output {
	FILE *stream; /* fileno() does not know its descriptor */
	int fd;
	sigset_t mask; /* of signals, while waiting */
	const volatile sig_atomic_t *stop; /* has the end been asked for? */
	bool may_cut; /* a file of our own: one that cannot be written on ends with a whole line */
	off_t written, whole; /* bytes, and those up to the end of the last line */
	int failed; /* why nothing more is written; 0: it is */
};

/*
 * Open a file, or standard output (path NULL). Waits for the reader of a FIFO. Once *stop is set,
 * by a signal that only `mask` lets through, nothing waits for a reader for longer than a second:
 * then writing fails with EINTR. What could not be written is the end of it: a file has whole
 * lines.
 * Returns 0 or an errno. A file keeps what it has until output_begin().
 */
int output_open(struct output *output, const char *path);
/* Empty the file: something will be written. Returns 0 or an errno. */
int output_begin(const struct output *output);
/*
 * Close what output_open() opened; also after it failed. Returns 0, or an errno: something of it
 * was not written.
 */
int output_close(struct output *output);

#endif /* LATCHKIT_USER_TRACE_OUTPUT_H */
