/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * attach.h - hang the programs of an engine on its probes. Everything is held by file descriptors
 * of this process: when it ends, however it ends, the kernel detaches all of it.
 */
#ifndef LATCHKIT_USER_TRACE_ENGINE_ATTACH_H
#define LATCHKIT_USER_TRACE_ENGINE_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "trace/engine/engine.h"

/* One perf event: its kernel count, against our own, tells what the kernel skipped. */
struct perf_counter {
	int fd;
	size_t probe; /* index in the list */
	int cpu; /* -1: every CPU */
	unsigned long long period; /* count per run; 0: not known */
	bool is_clock; /* it counts nanoseconds, not occurrences */
};

struct attachments {
	struct engine *engine;
	int *fds; /* links, perf events, copies of programs */
	size_t fds_count;
	struct bpf_link **links;
	size_t links_count;
	int *program; /* per probe: fd of a program that serves it alone, or -1 */
	struct perf_counter *perf;
	size_t perf_count;
	size_t failed; /* optional probes that could not be attached */
	char *failed_name; /* the first of them */
	int failed_errno;
};

/*
 * Attach everything; command: pid of the command that is to be traced, or 0. Returns the
 * attachments, or NULL: the error has been printed and nothing is left attached.
 */
struct attachments *attachments__new(struct engine *engine, pid_t command);
/* Detach everything. */
void attachments__free(struct attachments *attachments);

/* For attach_*.c: keep an fd or a link until the end. Return 0 or a negative errno. */
int attach_keep_fd(struct attachments *a, int fd);
int attach_keep_link(struct attachments *a, struct bpf_link *link);
int attach_keep_perf(struct attachments *a, const struct perf_counter *counter);

/* Attach one probe. Return 0 or a negative errno. */
int attach_perf(struct attachments *a, size_t probe, pid_t command);
int attach_traced(struct attachments *a, size_t probe);
int attach_cookie(struct attachments *a, size_t probe);

#endif /* LATCHKIT_USER_TRACE_ENGINE_ATTACH_H */
