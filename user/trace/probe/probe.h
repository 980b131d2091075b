/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe.h - a probe as the user spelled it, resolved against this host: what to attach to, and
 * which kind of record it keeps.
 */
#ifndef LATCHKIT_USER_TRACE_PROBE_PROBE_H
#define LATCHKIT_USER_TRACE_PROBE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/trace/shared.h"

struct probe_file;
struct probe_type;

struct probe {
	char *name; /* as bpftrace spells it */
	const struct probe_type *type; /* trace/probe/type.h */
	enum probe_kind kind; /* the type's */
	unsigned int number; /* within its kind, from 0 */
	char *target; /* function, tracepoint or symbol; the provider for usdt */
	const struct probe_file *file; /* program or library, for uprobe and usdt */
	char *usdt_name;
	/* Where code of the name is: in the file for uprobe; addresses for kprobe, if many */
	uint64_t *offsets;
	size_t offset_count;
	bool is_clone; /* it is a compiler's copy of a user function, or a part */
	int syscall; /* its number, for system calls */
	uint32_t perf_type; /* for perf events: perf_event_attr's fields */
	uint64_t perf_config;
	uint64_t period; /* in units of the event; or Hz, with by_frequency */
	bool by_frequency;
	uint64_t address; /* for watchpoints */
	uint32_t length;
	unsigned int statement; /* its number plus one; 0: it has no expressions */
	const char *unit; /* of its values: "KiB", or "" */
	bool has_value; /* it keeps a value of each event, instead of what its kind keeps */
	struct trace_linear linear; /* the buckets of its values */
	bool is_sum, is_time; /* such a value is what sum() adds up; it is sum(ns) */
	bool optional; /* from a pattern or a default: may fail to attach, with a note */
	bool apart; /* see struct probe_list */
};

struct probe_list {
	struct probe *probe;
	size_t count;
	size_t limit; /* the most that patterns may match */
	unsigned int kinds[KIND_COUNT]; /* how many of each */
	struct trace_statement statement[TRACE_STATEMENTS]; /* of probe.statement */
	size_t statements;
	struct expr_sock sock; /* set if a key of them is EXPR_AS_SOCK */
	pid_t pid; /* the process whose programs and libraries are meant; 0: those here */
	bool force; /* attach even what can crash the target */
	/*
	 * What is appended has a statement, which is about entries or about returns: entry and
	 * return of one function stay two probes.
	 */
	bool apart;
	struct probe_file *files; /* all that are open, see trace/probe/file.h */
	struct ksyms *ksyms; /* see probe_list_ksyms() */
};

/* Set the number of each probe, count the kinds. */
void probe_list_number(struct probe_list *list);
void probe_list_free(struct probe_list *list);
/* The index of the first probe of a type; list->count if there is none. */
size_t probe_list_first(const struct probe_list *list, const struct probe_type *type);
/* The kernel's functions, loaded by the first call. NULL and errno if they cannot be read. */
struct ksyms *probe_list_ksyms(struct probe_list *list);

/*
 * For the parsers: append *p, which gives up its strings; nothing if a probe of that name is in the
 * list. A NULL name means out of memory. Returns 0 or EXIT_FAILED, diagnosed.
 */
int probe_list_append(struct probe_list *list, struct probe *p);

/* The same without a look for its like in the list. */
int probe_list_push(struct probe_list *list, struct probe *p);
/* Append all of another list, which is empty then. Returns 0 or EXIT_FAILED, diagnosed. */
int probe_list_take(struct probe_list *list, struct probe_list *from);

/* How many times a pattern may match unless --max-probes says otherwise. */
#define PROBE_LIMIT 1000

#endif /* LATCHKIT_USER_TRACE_PROBE_PROBE_H */
