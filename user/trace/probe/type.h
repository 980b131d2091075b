/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * type.h - what makes a probe type. A type is a `const struct probe_type probe_type_NAME` in a file
 * of this folder and a line in types.def; nothing else lists the types.
 */
#ifndef LATCHKIT_USER_TRACE_PROBE_TYPE_H
#define LATCHKIT_USER_TRACE_PROBE_TYPE_H

#include <stdbool.h>

#include "bpf/trace/shared.h"

struct attachments;
struct probe;
struct probe_list;
struct probe_text;

#define PROBE_PROGRAMS 3

struct probe_type {
	const char *name, *shorthand; /* what a probe's text begins with */
	const char *form; /* how to write one, for diagnostics */
	const char *help; /* its lines of latchkit trace --help; NULL: in those of another type */
	enum probe_kind kind;
	bool user; /* it is in user space: the kernel wants CAP_SYS_ADMIN */
	bool spans; /* an event: it begins or ends spans, and has no row of its own */
	bool has_ip; /* its program knows the address where the event was */
	bool may_skip; /* the kernel does not run its program when one runs there already */
	bool pairs; /* merge probes of one target whose types have the same `attach` */
	bool at_return; /* KIND_EVENT: an event is that a call returns */
	/* KIND_LATENCY: the same for calls whose start nobody asks about. NULL: each has a start */
	const struct probe_type *returns;
	/* Resolve the text, append to the list. Returns 0, EXIT_USAGE or EXIT_FAILED, diagnosed. */
	int (*parse)(struct probe_list *list, const struct probe_text *text);
	/*
	 * Attach one probe. Returns 0 or a negative errno. NULL: `programs` are attached once for
	 * all probes of the type, where their sections say.
	 */
	int (*attach)(struct attachments *a, const struct probe *p);
	/* Print why the probe could not be attached. Returns EXIT_FAILED. NULL: nothing special. */
	int (*explain)(const struct probe *p, int err);
	/*
	 * The programs of bpf/trace/ that it needs; a NULL ends the list. KIND_LATENCY: the exit's
	 * is the first. Attach them in this order, so that no entry lacks its exit.
	 */
	const char *programs[PROBE_PROGRAMS];
	const struct probe_type *in_span; /* what it is in a span; NULL: it cannot be in one */
};

/* The first three members of a type. */
#define PROBE_SPELLED(name_, shorthand_, form_) \
	.name = (name_), .shorthand = (shorthand_), .form = (form_)

/* Does program i of the type belong to the exit? */
static inline bool probe_type_is_exit(const struct probe_type *type, int i)
{
	return type->at_return || (type->kind == KIND_LATENCY && i == 0);
}

#endif /* LATCHKIT_USER_TRACE_PROBE_TYPE_H */
