/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * processes.h - who the threads in samples and stacks are: a registry (latchkit/registry.h) of all
 * threads of this host, filled by programs at fork, exec, rename and exit.
 *
 * A thread is found by its number and the time when it began, so a number that is used again is
 * somebody else. One that has ended is kept for PROCESSES_KEPT_S, as rows still name it, then shed;
 * at once if more than PROCESSES_MOST have, or if memory is scarce (host/pressure.h) where the host
 * tells.
 */
#ifndef LATCHKIT_USER_TRACE_SESSION_PROCESSES_H
#define LATCHKIT_USER_TRACE_SESSION_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/engine/engine.h"

#define PROCESSES_KEPT_S 10
#define PROCESSES_MOST 8192

struct process {
	unsigned int tid, tgid;
	unsigned int parent; /* the process that it was a child of when it began */
	unsigned int execs; /* how often it executed a program since the trace began */
	unsigned long long start_ns, leader_start_ns; /* CLOCK_BOOTTIME */
	unsigned long long end_ns; /* 0: it lives */
	unsigned long long cgroup; /* id in the unified hierarchy, when last heard of */
	char name[16];
};

struct processes_counts {
	unsigned long long began, ended; /* threads, while the trace ran */
	unsigned long long shed; /* ended threads that are not known any more */
	unsigned long long alive; /* threads that are known and live */
	unsigned long long kept, kept_most; /* threads that are known; the most that ever were */
	unsigned long long lost; /* events that came too fast */
};

struct processes;

/* A process whose last thread has ended, and which the filters want. */
typedef void (*process_ended_fn)(const struct process *leader, void *arg);

/*
 * Take in all threads that live now, and then the events of the programs, which are attached.
 * Returns NULL: the error has been printed.
 */
struct processes *processes__new(struct engine *engine, process_ended_fn ended, void *arg);
/* May be NULL. */
void processes__free(struct processes *p);

/* A file descriptor that is readable when processes_serve() has something to do. */
int processes_fd(const struct processes *p);
/* Take in the events so far, and shed what is old. Never waits. */
void processes_serve(struct processes *p);

/* The thread with this number that began at start_ns. Returns false: it is not known. */
bool processes_find(struct processes *p, unsigned int tid, unsigned long long start_ns,
		    struct process *found);
/* The path of a cgroup, see cgroups_path(). */
bool processes_cgroup(struct processes *p, unsigned long long id, char *path, size_t size);
struct processes_counts processes_count(struct processes *p);

#endif /* LATCHKIT_USER_TRACE_SESSION_PROCESSES_H */
