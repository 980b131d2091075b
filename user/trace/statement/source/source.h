/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * source.h - what a statement's expressions may name at a probe, from all that tells: the kernel's
 * types, format files, debug information of programs. What no expression needs is not read.
 */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_SOURCE_SOURCE_H
#define LATCHKIT_USER_TRACE_STATEMENT_SOURCE_SOURCE_H

#include "symbols/module_types.h"
#include "trace/probe/probe.h"
#include "trace/statement/expr/scope.h"

/* What the expressions name. */
struct source_needs {
	bool arguments; /* arg0 or args.NAME */
	bool types; /* args.NAME, retval, casts, or names that may be enumerators */
	bool casts; /* of these, casts or enumerators: any type at all */
	bool record; /* fields of the format file, as other expressions of the probe do */
	const struct tree *tree; /* they themselves */
};

/* Look at all expressions of a tree. */
struct source_needs source_needs(const struct tree *tree);
/*
 * What a probe that was resolved offers. `btf`: of the kernel, or NULL; it and *modules must
 * outlive the scope.
 */
void source_scope(struct scope *scope, const struct btf *btf, struct module_types *modules,
		  const struct probe *probe, struct source_needs needs);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_SOURCE_SOURCE_H */
