/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* textfile.h - metrics in a file, for the textfile collector of node_exporter. */
#ifndef LATCHKIT_USER_TRACE_PUBLISH_TEXTFILE_H
#define LATCHKIT_USER_TRACE_PUBLISH_TEXTFILE_H

#include <stdbool.h>
#include <stddef.h>

/* What the collector reads; all else, as what is being written, it leaves alone. */
#define TEXTFILE_SUFFIX ".prom"

bool textfile_is_read(const char *path);
/*
 * Write the file so that whoever opens it finds all of the text or all of the one before, also
 * after a crash of this host: aside, to disk, then renamed. Returns 0 or an errno: the file is as
 * it was.
 */
int textfile_write(const char *path, const char *text, size_t length);

#endif /* LATCHKIT_USER_TRACE_PUBLISH_TEXTFILE_H */
