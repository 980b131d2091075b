/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * processes.h - which processes the threads in samples and stacks belong to: a registry
 * (latchkit/registry.h) of all threads of this host, filled by BPF programs at fork, exec, rename
 * and exit. One thread only may use it.
 *
 * The key of a thread is its tid and its start time, so a tid that is used again names another
 * thread. One that has ended is kept for PROCESSES_KEPT_S, since rows still name it, then
 * reclaimed; at once when more than PROCESSES_MOST have ended, or when memory is scarce and the
 * host tells so (host/pressure.h).
 */
#ifndef LATCHKIT_USER_TRACE_SESSION_PROCESSES_H
#define LATCHKIT_USER_TRACE_SESSION_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/trace/shared.h"
#include "trace/engine/engine.h"

#define PROCESSES_KEPT_S 10
#define PROCESSES_MOST 8192

struct process {
	unsigned int tid, tgid;
	unsigned int parent; /* its parent process when it began */
	unsigned int execs; /* since the trace began */
	unsigned int inner; /* its process's number in its own pid namespace; 0: not known */
	unsigned long long start_ns, leader_start_ns; /* CLOCK_BOOTTIME */
	unsigned long long end_ns; /* 0: it has not ended */
	unsigned long long cgroup; /* id in the unified hierarchy, at its last event */
	char name[16];
};

struct processes_counts {
	unsigned long long began, ended; /* threads, while the trace ran */
	unsigned long long shed; /* ended threads that have been reclaimed */
	unsigned long long alive; /* threads in the registry that have not ended */
	unsigned long long kept, kept_most; /* threads in the registry, now and at most */
	unsigned long long lost; /* events dropped because the ring buffer was full */
};

struct processes;

/* Whom to tell what programs report. Each may be NULL. */
struct processes_listener {
	/* The last thread of a process that passes the filters has ended. */
	void (*ended)(const struct process *leader, void *arg);
	/* A process that passes the filters has executed a program. */
	void (*executed)(const struct process_event *event, void *arg);
	/* A stack was counted for the first time. */
	void (*stack)(const struct stack_event *event, void *arg);
	/* All threads that have ended are about to be forgotten, however short ago that was. */
	void (*forgets)(void *arg);
	void *arg;
};

/*
 * Take in the threads that the events of the engine's programs tell of; processes_begin() adds
 * those that are alive. The programs must be attached before, so that no thread is missed in
 * between. Returns NULL on failure: prints a diagnostic.
 */
struct processes *processes__new(struct engine *engine, const struct processes_listener *listener);
/*
 * Take in the threads that are there already, except zombies. Not before privileges are dropped: a
 * growing registry has liburcu start a thread, which keeps what its creator had. Returns 0 or
 * EXIT_FAILED: prints a diagnostic.
 */
int processes_begin(struct processes *processes);
/* May be NULL. */
void processes__free(struct processes *p);

/* A file descriptor that is readable when processes_serve() has something to do. */
int processes_fd(const struct processes *p);
/* Consume the events so far, and reclaim what is old. Never waits. */
void processes_serve(struct processes *p);

/* Copy the thread with that tid and start time to *found. Returns false if it is not known. */
bool processes_find(struct processes *p, unsigned int tid, unsigned long long start_ns,
		    struct process *found);
/* The path of a cgroup, see cgroups_path(). */
bool processes_cgroup(struct processes *p, unsigned long long id, char *path, size_t size);
struct processes_counts processes_count(struct processes *p);

#endif /* LATCHKIT_USER_TRACE_SESSION_PROCESSES_H */
