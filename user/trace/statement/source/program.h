/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* program.h - what a program's debug information adds to what its functions' probes offer. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_SOURCE_PROGRAM_H
#define LATCHKIT_USER_TRACE_STATEMENT_SOURCE_PROGRAM_H

#include <stdint.h>

#include "symbols/dwarf/debug.h"
#include "trace/statement/expr/scope.h"

/* A function of a program or library. */
struct program_function {
	const char *by_fd; /* the path to read the file by */
	const char *path; /* and the one to name it by */
	const uint64_t *offsets; /* of its code in the file */
	size_t count;
	bool is_clone; /* a compiler's copy, with other parameters perhaps */
	bool at_return;
	bool all_types; /* of its source file are needed, not only those of its arguments */
};

/*
 * Add the names and types of a function's arguments, or what it returns. Where they are not known,
 * scope->no_names tells why. *debug, of the file, is opened if it is not yet, and must outlive the
 * scope.
 */
void program_scope(struct scope *scope, struct debug *debug, const struct program_function *f);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_SOURCE_PROGRAM_H */
