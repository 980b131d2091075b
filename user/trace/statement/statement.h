/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * statement.h - PROBE[ /EXPR/][ {WHAT by KEY,...}]: parsed, and resolved into steps. Spans, PROBE
 * .. PROBE, are parsed, too; trace/statement/span.h resolves them. Grammar and meaning:
 * docs/trace.md.
 *
 *	struct statement st;
 *	if (!statement_parse(&st, text))           what is wrong is in st.complaint
 *		return statement_complain(&st);
 *	r = probe_list_add(&list, st.probe);
 *	...
 *	if (!statement_resolve(&st, list.probe + first, count, btf, NULL))
 *		return statement_complain(&st);
 *	... st.predicate.step, st.value.step, st.key[i].expr.step ...
 *	statement_free(&st);
 */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_STATEMENT_H
#define LATCHKIT_USER_TRACE_STATEMENT_STATEMENT_H

#include <stdio.h>

#include "trace/statement/parts.h"

struct btf;
struct probe;
struct scope;

/* Is it more than a probe? Such a text has a / or a { behind a blank, or is a span. */
bool statement_is(const char *text);
/*
 * Parse a text; one that is a probe only is a statement, too. Returns false: wrong, see
 * st->complaint. statement_free() in either case.
 */
bool statement_parse(struct statement *st, const char *text);
/* Parse the argument of --by: "KEY,...", with expressions. st->probe is NULL then. */
bool statement_parse_keys(struct statement *st, const char *text);
/*
 * Resolve all expressions for each of the probes that st->probe stands for, which must all come
 * to the same steps. `btf`: of the kernel, or NULL; `notes`, which may be NULL, gets a line for
 * each field. With st->is_record arguments are fields of the format file in any case. Returns
 * false: wrong, see st->complaint. May be called again.
 */
bool statement_resolve(struct statement *st, const struct probe *probes, size_t count,
		       const struct btf *btf, FILE *notes);
/* The same for what a scope offers. */
bool statement_resolve_in(struct statement *st, const struct scope *scope, FILE *notes);
/* The same of one expression of st->text, or of none (NULL). */
bool statement_resolve_node(struct statement *st, const struct node *n, const struct scope *scope,
			    FILE *notes, struct expr *expr);
/* The first expression that was resolved to something else in one of the two; NULL: none. */
const struct node *statement_difference(const struct statement *a, const struct statement *b);
bool expr_is_same(const struct expr *a, const struct expr *b);
/* Complain of that, with the names of the two probes. Returns false. */
bool statement_differs(struct statement *st, const struct node *n, const char *one,
		       const char *other);
/* Print st->complaint with its place. Returns EXIT_USAGE. */
int statement_complain(const struct statement *st);
void statement_free(struct statement *st);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_STATEMENT_H */
