/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * shared.h - what bpf/trace/trace.bpf.c and its loader agree on beside the records of
 * latchkit/record.h: kinds of probes, handlers of their events, read-only settings, counters, the
 * stack counts, and the word by which a program finds out which probe it serves.
 */
#ifndef LATCHKIT_BPF_TRACE_SHARED_H
#define LATCHKIT_BPF_TRACE_SHARED_H

#include "bpf/trace/expr_shared.h"

#define TRACE_MAX_CPUS 1024
/* Statements with expressions, of one trace. */
#define TRACE_STATEMENTS 8
#define TRACE_MAX_SYSCALLS 512
/* In the cookie of a sampling probe, above its number: a clock brings the samples. */
#define SAMPLE_BY_CLOCK (1ULL << 32)
/* In syscall_probe: it never returns, and is counted when it is entered. */
#define SYSCALL_NO_RETURN 0x80000000U
/* In syscall_probe: nobody asks about its start. It is an event, when it returns. */
#define SYSCALL_RETURN_ALONE 0x40000000U
/* Binary logarithm of the slots of the map `calls`. */
#define TRACE_CALL_BITS 14
/*
 * Calls of user functions may nest this deep in one task, as may those in the kernel, before they
 * go untimed. Linux does not probe the returns of more user functions either.
 */
#define TRACE_MAX_DEPTH 64
#define TRACE_STACK_DEPTH 127

/*
 * Programs whose attachment cannot carry a cookie on all kernels get their probe's number by a
 * 64-bit immediate load of this value, which user/trace/probe/attachments.c replaces in each copy.
 */
#define TRACE_PROBE_PLACEHOLDER 0x1a7c4b17

/* What a probe keeps: how often, how long, or the newest sample. One array of latches each. */
enum probe_kind { KIND_EVENT, KIND_LATENCY, KIND_SAMPLE, KIND_COUNT };

/* Tables of records by key: one for each kind of record. Values are any kind of probe's. */
enum trace_table {
	TABLE_EVENTS = KIND_EVENT,
	TABLE_LATENCIES = KIND_LATENCY,
	TABLE_CONTEXTS = KIND_SAMPLE,
	TABLE_VALUES = KIND_COUNT,
	TABLES
};

/* What is done with an event. user/trace/engine/handler.c: which kinds of probes can have each. */
enum trace_handler { HANDLER_COUNT, HANDLER_LATENCY, HANDLER_STACKS, HANDLERS };

/* Expressions that may be keys. */
#define TRACE_KEY_EXPRS 4

/*
 * What records are kept by, beside their probe. The words of a key, in this order: one for the
 * small parts together, and then the words of enum key_part that it needs.
 */
enum trace_key {
	KEY_COMM, /* name of the thread */
	KEY_PID,
	KEY_TID,
	KEY_UID,
	KEY_CPU,
	KEY_CGROUP,
	KEY_PROBE, /* in every key; named, one table shows all probes */
	KEY_FUNC, /* what the instruction pointer is in */
	KEY_KSTACK,
	KEY_USTACK,
	KEY_EXPR, /* what the first expression of the statement's keys comes to, and the others */
	KEYS = KEY_EXPR + TRACE_KEY_EXPRS
};

#define KEY_BIT(key) (1U << (key))

enum key_part {
	KEY_PART_SMALL, /* number of the probe in its kind (values: column), CPU << 16, uid << 32 */
	KEY_PART_COMM, /* 16 bytes, zeros after the NUL */
	KEY_PART_PROCESS, /* program << 32 | tgid, and when the process began (CLOCK_BOOTTIME) */
	KEY_PART_THREAD, /* tid, and when the thread began */
	KEY_PART_STACKS, /* user stack id << 32 | kernel stack id, negative as in trace_stack_key */
	KEY_PART_CGROUP, /* id in the unified hierarchy */
	KEY_PART_IP,
	KEY_PART_EXPRS, /* expr_as_words() for each: trace_settings.expr_words */
	KEY_PARTS
};

/* How many words a part takes of keys with these bits; 0: it is not in them. */
static inline unsigned int key_part_words(unsigned int by, enum key_part part)
{
	switch (part) {
	case KEY_PART_SMALL:
		return 1;
	case KEY_PART_COMM:
		return by & KEY_BIT(KEY_COMM) ? 2 : 0;
	case KEY_PART_PROCESS: /* user addresses are a process's */
		return by & (KEY_BIT(KEY_PID) | KEY_BIT(KEY_FUNC) | KEY_BIT(KEY_USTACK)) ? 2 : 0;
	case KEY_PART_THREAD:
		return by & KEY_BIT(KEY_TID) ? 2 : 0;
	case KEY_PART_STACKS:
		return by & (KEY_BIT(KEY_KSTACK) | KEY_BIT(KEY_USTACK)) ? 1 : 0;
	case KEY_PART_CGROUP:
		return by & KEY_BIT(KEY_CGROUP) ? 1 : 0;
	case KEY_PART_IP:
		return by & KEY_BIT(KEY_FUNC) ? 1 : 0;
	default:
		return 0; /* its bits do not tell */
	}
}

/* The first word of a part. The last one is that of expressions. */
static inline unsigned int key_part_at(unsigned int by, enum key_part part)
{
	unsigned int at = 0;

	for (unsigned int i = KEY_PART_SMALL; i < part; i++)
		at += key_part_words(by, (enum key_part)i);
	return at;
}

/* The words of a process in the table of activity.h: tgid, when it began (CLOCK_BOOTTIME). */
#define ACTIVITY_KEY_WORDS 2

/* A handler as the programs have it: one of these, and whether it fills trace_losses.handled. */
#define HANDLER_ID 3
#define HANDLER_COUNTED 4
/* Instead of one: it can be swapped, and is in the map of handlers, always counted. */
#define HANDLER_IN_MAP 8

/* Buckets that are `step` wide, from min up to below max. Of step 0: powers of two instead. */
struct trace_linear {
	long long min, max;
	unsigned long long step;
};

/* The expressions of a statement; each may be empty. */
struct trace_statement {
	struct expr_step predicate[EXPR_STEPS]; /* 0: the event does not count */
	struct expr_step value[EXPR_STEPS]; /* what is kept of it, instead of the ns of a call */
	struct expr_step key[TRACE_KEY_EXPRS][EXPR_STEPS];
	unsigned int key_as[TRACE_KEY_EXPRS]; /* enum expr_as */
	unsigned int key_flags[TRACE_KEY_EXPRS]; /* EXPR_USER, as that says */
	struct trace_linear linear; /* the buckets of the value */
};

struct trace_settings {
	unsigned int cpus; /* possible CPUs: rows of every per-CPU map */
	unsigned int events; /* probes of each kind: columns */
	unsigned int latencies;
	unsigned int samples;
	unsigned int probes; /* all of them: columns of the loss map */
	unsigned int latency_base; /* loss column of the first latency probe; events start at 0 */
	unsigned int sample_base;

	unsigned int tgid; /* filters; 0: all */
	unsigned int tid;
	unsigned int follow; /* only threads in the map `followed`, and those they create */
	unsigned int by_cgroup;
	unsigned int by_cpu;
	unsigned long long cpu_mask[TRACE_MAX_CPUS / 64];
	unsigned long long pidns_dev; /* 0: pid and tid are those of the initial namespace */
	unsigned long long pidns_ino;

	unsigned int context_known; /* is context_delta valid */
	unsigned int context_nmi, context_hardirq; /* their bits in the preempt count */
	long long context_delta; /* from the CPU's runqueue to its preempt count, bytes */

	unsigned int count_stacks; /* fill stack_counts */
	unsigned int keep_stacks; /* never reuse a stack id: records or keys name them */
	unsigned int own_tgid; /* the loader, in its pid namespace: its own stacks are left out */

	unsigned int by; /* KEY_BIT() of each key; 0: records have none */
	unsigned int key_words;
	unsigned int expr_at; /* the first word of KEY_PART_EXPRS */
	unsigned int expr_words[TRACE_KEY_EXPRS]; /* of each; 0: there is none */
	struct expr_sock sock; /* set if one is EXPR_AS_SOCK */
	unsigned int key_buckets[TABLES]; /* of each table, powers of two */
	unsigned long long key_seed;
	unsigned int activity_buckets; /* of the table of processes, a power of two; 0: none */
	unsigned int switches; /* the event probe that counts context switches there */

	unsigned int statements; /* how many there are: see the map statement_of */
	unsigned int statement_of_all; /* what that map says of each probe; 0: it differs */
	unsigned int lines; /* a line for each event instead of records by key: see trace_line */

	unsigned int handler[KIND_COUNT]; /* of the events of each kind of probe */

	unsigned int nested; /* system calls are not the only latencies */
	unsigned int returns_alone; /* some system calls are SYSCALL_RETURN_ALONE */
	unsigned int syscall_starts; /* others keep one of each call */
	unsigned int syscall_probe[TRACE_MAX_SYSCALLS]; /* probe + 1; 0: not traced */
};

/* Why an event is missing from the records, as far as programs can count it. */
enum trace_loss {
	LOSS_DROPPED, /* the latch refused the write: another writer was active */
	LOSS_MAP_FULL, /* no room for a start time or for a stack */
	LOSS_TOO_DEEP, /* more than TRACE_MAX_DEPTH nested entries in one task */
	LOSS_UNPAIRED, /* a return without its entry */
	LOSS_UNREAD, /* its expression read memory that was not there */
	LOSS_ABANDONED, /* an entry that will never return: its frame is gone */
	LOSS_UNSENT, /* no room for its line: it counts, but is not shown */
	LOSS_COUNTED
};

/* Counters of one probe on one CPU. Atomic adds, except to `ran`. */
struct trace_losses {
	unsigned long long ran; /* runs of a sampling program, before filters */
	unsigned long long entered; /* calls that latency probes began to time */
	unsigned long long
		unlisted; /* of these, without room for their start: LOSS_MAP_FULL, too */
	unsigned long long
		unwanted; /* of these, that returned, but whose expression was not true */
	unsigned long long lost[LOSS_COUNTED];
	unsigned long long handled[HANDLERS]; /* events finished, by a handler that is counted */
};

/* Counters that belong to no probe. Atomic adds. */
struct trace_globals {
	unsigned long long not_followed; /* threads, because `followed` was full */
	unsigned long long process_events_lost; /* the ring buffer was full */
	unsigned long long stack_events_lost; /* of stacks, for the same reason */
	unsigned long long zero_divisors; /* events whose expressions divided by zero */
	unsigned long long unread_user; /* LOSS_UNREAD: of the kernel's memory at a user address */
	unsigned long long own_stacks; /* of the loader, left out */
	unsigned long long activity_dropped; /* events that are in no process's record */
};

/* The lifecycle of a thread, as programs report it to the loader. */
enum process_event_kind {
	PROCESS_ALIVE, /* existed when the trace began */
	PROCESS_FORK,
	PROCESS_EXEC,
	PROCESS_RENAME,
	PROCESS_EXIT,
	PROCESS_CGROUP_MADE, /* a struct cgroup_event; the others are struct process_event */
	PROCESS_CGROUP_GONE,
	PROCESS_STACK /* a struct stack_event: so is a key's with user addresses */
};

#define PROCESS_GROUP_ENDED 1 /* it was the last thread of its process */
#define PROCESS_WANTED 2 /* the current task passed the filters */

/* By which numbers a process is called in which pid namespace; 0: it is not in there. */
struct process_numbers {
	unsigned int here; /* in the loader's */
	unsigned int inner; /* in its own, the innermost that it is in */
	unsigned int parent; /* its parent in the loader's, if that runs the same program, else 0 */
};

struct process_event {
	unsigned int kind, flags;
	unsigned int tid, tgid;
	unsigned int parent; /* the process that it is a child of */
	unsigned int
		old_tid; /* PROCESS_EXEC: the thread's number before; now it has its process's */
	unsigned long long start_ns, leader_start_ns; /* of the thread; of its process */
	unsigned long long time_ns; /* now. All three CLOCK_BOOTTIME */
	unsigned long long cgroup; /* id in the unified hierarchy */
	char name[16]; /* of the thread from now on */
	struct process_numbers numbers;
	unsigned int program; /* see trace_stack_key */
};

#define CGROUP_PATH_BYTES 256

struct cgroup_event {
	unsigned int kind, unused;
	unsigned long long id; /* in the unified hierarchy */
	char path[CGROUP_PATH_BYTES]; /* below its root; what is longer is cut */
};

struct trace_stack_key {
	unsigned int probe; /* its column of the loss map */
	unsigned int tgid; /* in the initial pid namespace */
	unsigned long long start_ns; /* of the process, CLOCK_BOOTTIME: pids are used again */
	unsigned int program; /* another number for each program that the process executes */
	int kernel_stack;
	int user_stack;
	unsigned int unused;
	char comm[16];
};

/* A stack was counted for the first time, or a key with addresses of a process. */
struct stack_event {
	unsigned int kind;
	struct process_numbers numbers;
	struct trace_stack_key key;
	unsigned long long ip; /* also of the process, or 0 */
	unsigned long long time_ns; /* CLOCK_BOOTTIME */
};

/* One event, as it is sent to the loader where each is shown: settings.lines. */
struct trace_line {
	unsigned long long time_ns; /* CLOCK_MONOTONIC */
	unsigned long long number; /* of the CPU's lines, from 0; one that found no room has one */
	unsigned int cpu;
	unsigned int column; /* the probe's, of the loss map */
	long long figure; /* the value of the statement; else of a latency the ns; else 0 */
	/* and behind it the key, as records by key have it: settings.key_words */
};

#endif /* LATCHKIT_BPF_TRACE_SHARED_H */
