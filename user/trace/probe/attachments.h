/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * attachments.h - what a trace has attached. Everything is held by file descriptors of this
 * process: when it ends, however it ends, the kernel detaches all of it.
 */
#ifndef LATCHKIT_USER_TRACE_PROBE_ATTACHMENTS_H
#define LATCHKIT_USER_TRACE_PROBE_ATTACHMENTS_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "host/cpulist.h"
#include "trace/probe/probe.h"

/* One perf event: its kernel count, against our own, tells what the kernel skipped. */
struct perf_counter {
	int fd;
	size_t probe; /* index in the list */
	int cpu; /* -1: every CPU */
	unsigned long long enabled_ns; /* its age when it was read last */
	unsigned long long base; /* its count when the trace began */
	unsigned long long period; /* count per run; 0: not known */
	bool gone; /* its CPU came back, and the event could not be opened again */
	bool is_clock; /* it counts nanoseconds, not occurrences */
};

/* A link of a kprobe or a program of a trampoline: the kernel may tell what it missed. */
struct watched {
	int fd; /* of the attachments */
	size_t probe; /* index in the list */
	bool is_program, is_exit;
	unsigned long long base; /* what had been missed when the trace began */
};

struct attachments {
	const struct bpf_object *object; /* loaded */
	const struct probe_list *probes;
	pid_t tgid; /* trace this process only; 0: all */
	pid_t command; /* the command that is to be traced, or 0 */
	const struct cpulist *cpus; /* trace on these only; NULL: on all */
	int *fds; /* links, perf events, copies of programs */
	size_t fds_count;
	struct bpf_link **links;
	size_t links_count;
	int *program; /* per probe: fd of a program that serves it alone, or -1 */
	struct perf_counter *perf;
	size_t perf_count;
	struct watched *watched;
	size_t watched_count;
	struct cpulist sampled; /* the CPUs that were online at the last look */
	size_t failed; /* optional probes that could not be attached */
	char *failed_name; /* the first of them */
	int failed_errno;
};

/* Detach everything. May be NULL. */
void attachments__free(struct attachments *attachments);

/* A program of bpf/trace/trace.bpf.c by its name. */
struct bpf_program *attach_program(const struct attachments *a, const char *name);
/*
 * Keep an fd, a link (NULL: errno says why) or a counter until the end. Return 0 or a negative
 * errno; then the fd is closed or the link destroyed.
 */
int attach_keep_fd(struct attachments *a, int fd);
int attach_keep_link(struct attachments *a, struct bpf_link *link);
int attach_keep_perf(struct attachments *a, const struct perf_counter *counter);

/*
 * Ask a link or a program that is kept for what the kernel missed of the probe, or of its returns.
 * Returns 0 or a negative errno.
 */
int attach_watch(struct attachments *a, const struct probe *p, int fd, bool is_program,
		 bool is_exit);
/* Keep a link, as attach_keep_link() does, and watch it. */
int attach_watch_link(struct attachments *a, const struct probe *p, struct bpf_link *link,
		      bool is_exit);

/*
 * Read the kernel's count of an event since the begin, in its own unit, and its age. Returns 0 or
 * -EIO.
 */
int attach_perf_count(struct perf_counter *counter, unsigned long long *count);

/*
 * For types whose attachments cannot carry a cookie: load a copy of program `name` that has the
 * probe's number in place of TRACE_PROBE_PLACEHOLDER, and note it as the probe's own. Returns its
 * fd, which *a keeps, or a negative errno: -ENOENT when the program has no placeholder.
 */
int attach_copy(struct attachments *a, const struct probe *p, const char *name,
		enum bpf_prog_type type, enum bpf_attach_type attach, int btf_id);
/* The same for a function whose types are those of a module: `btf_fd` (see module_types.h). */
int attach_copy_module(struct attachments *a, const struct probe *p, const char *name,
		       enum bpf_prog_type type, enum bpf_attach_type attach, int btf_id,
		       int btf_fd);

#endif /* LATCHKIT_USER_TRACE_PROBE_ATTACHMENTS_H */
