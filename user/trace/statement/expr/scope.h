/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* scope.h - what expressions may name at a probe: its arguments, what it returns, how long. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_SCOPE_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_SCOPE_H

#include "trace/statement/expr/format_file.h"

struct probe;

#define SCOPE_ARGS 40

struct scope_arg {
	char name[64]; /* "": it has none */
	struct ctype type;
	unsigned int id; /* of the type, before that is complete */
	enum format_place place;
	unsigned int number; /* what programs know it by: argN */
	unsigned int offset; /* in the record */
	const char *refused; /* why it cannot be read; NULL: it can */
	char spelled[96]; /* as its source spells the type; "": as ctype_spell() does */
};

struct compiler;
struct node;
struct operand;

/* Where `begin.EXPR` is: at the starts of a span. */
struct scope_begin {
	/* Make top what n->left came to there. Returns false after a complaint. */
	bool (*compile)(struct scope_begin *begin, struct compiler *c, const struct node *n,
			struct operand *o);
};

struct scope {
	struct scope_begin *begin; /* NULL: of no span that ends */
	const struct btf *btf; /* types; NULL: this kernel has none */
	const struct btf *kernel; /* those of the kernel alone: of a program's probe, others */
	char owner[128]; /* of the arguments, for messages: sched_switch */
	const char *no_args, *no_retval, *no_ns; /* why there are none; NULL: there are */
	const char *no_names; /* why arguments have no names; NULL: they have */
	const char *no_numbers; /* why there is no argN; NULL: there may be */
	char why[256]; /* room for no_names */
	bool by_register; /* argN is a register, not one of the arguments below */
	struct scope_arg arg[SCOPE_ARGS];
	unsigned int args; /* of which the types are known */
	unsigned int most_args; /* arg0 up to this, exclusive, can be read */
	struct ctype retval;
	bool user; /* pointers lead into user memory */
	bool is_record; /* args are fields of a classic tracepoint's record */
	char classic[1024]; /* " NAME NAME ...": what the format file has; "": not read */
};

/*
 * What a probe that was resolved offers. `btf`: of the kernel, or NULL; must outlive it. Without
 * `formats` format files are not read: the arguments of system calls have no names or types.
 */
void scope_of_probe(struct scope *s, const struct btf *btf, const struct probe *probe,
		    bool formats);
/* Is that a field of the tracepoint's format file, which was read? */
bool scope_is_classic(const struct scope *s, const char *name);
/* What the probe of that name would offer, spelled in full: "tracepoint:CATEGORY:NAME". */
void scope_of_name(struct scope *s, const struct btf *btf, const char *name);
/* What a probe of that type, such as "kprobe", offers of a function or tracepoint. */
void scope_of(struct scope *s, const struct btf *btf, const char *type, const char *target);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_SCOPE_H */
