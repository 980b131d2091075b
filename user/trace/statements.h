/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* statements.h - the statements of the command line: their probes, and what programs evaluate. */
#ifndef LATCHKIT_USER_TRACE_STATEMENTS_H
#define LATCHKIT_USER_TRACE_STATEMENTS_H

#include "trace/session/session.h"
#include "trace/statement/statement.h"

/*
 * Add the probes of one, with its expressions, if it has any. Returns 0, EXIT_USAGE or EXIT_FAILED,
 * diagnosed.
 */
int statements_add(struct trace *t, const char *text);
/*
 * What the statements of a command line are kept by, where --by was not given: all that have keys
 * must have the same. *lines becomes true if one prints its events; then there are keys, comm and
 * pid if there were no others. Returns 0, or EXIT_USAGE, diagnosed. Texts that are wrong are left
 * to statements_add().
 */
int statements_keys(struct key_list *keys, bool *lines, char *const *texts, size_t count);
/* The same statement without its keys, free(); NULL: no memory. */
char *statements_without_keys(const char *text);
void statements_free(struct trace *t);

/* Resolve a statement of keys alone where another one is. Returns false after a complaint. */
typedef bool statements_resolve_fn(struct statement *st, void *where);

/*
 * Note the expressions of a statement that has been resolved at `count` probes from p on, and the
 * keys of the trace as `resolve` finds them there, for the programs. *number: of it, from 1 on; 0:
 * it has none. Returns 0, EXIT_USAGE or EXIT_FAILED, diagnosed.
 */
int statements_take(struct trace *t, const struct statement *st, const struct probe *p,
		    size_t count, statements_resolve_fn *resolve, void *where,
		    unsigned int *number);
/* Note in the row of a probe whether it keeps a value, and its unit. */
void statements_mark(struct probe *p, const struct statement *st);
/* A trampoline's program finds the result among its arguments: let expressions look there. */
int statements_place_retval(const struct btf *btf, const struct probe *p, size_t count,
			    struct expr_step (*steps)[EXPR_STEPS], size_t expressions);

#endif /* LATCHKIT_USER_TRACE_STATEMENTS_H */
