/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* publish.h - a running trace's metrics: served by HTTP (--listen), kept in a file (--textfile). */
#ifndef LATCHKIT_USER_TRACE_PUBLISH_PUBLISH_H
#define LATCHKIT_USER_TRACE_PUBLISH_PUBLISH_H

#include "trace/session/session.h"

struct publish;

/* Returns 0, or EXIT_USAGE after printing what is wrong with the options. */
int publish_check(const struct trace_options *options);
/*
 * Before privileges are dropped: listen. `look` has to read what the trace has, as of now. Returns
 * NULL, diagnosed.
 */
struct publish *publish__new(struct trace *trace, void (*look)(struct trace *trace));
/* The trace has begun: write the file for the first time. Returns 0 or EXIT_FAILED, diagnosed. */
int publish_begin(struct publish *publish);
/* Readable when there is something to serve; -1: never. */
int publish_fd(const struct publish *publish);
/* Serve it, without waiting. Returns when to call again, `until_ns` or before. */
unsigned long long publish_serve(struct publish *publish, unsigned long long until_ns);
/*
 * Write the file, of what was read last. When that fails it is told, once for each reason, and
 * tried again the next time. Returns 0 or EXIT_FAILED.
 */
int publish_write(struct publish *publish);
/* Disconnect all; the file stays. NULL is allowed. */
void publish__free(struct publish *publish);

#endif /* LATCHKIT_USER_TRACE_PUBLISH_PUBLISH_H */
