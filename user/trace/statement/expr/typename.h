/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* typename.h - the name of a type in the parentheses of a cast. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_TYPENAME_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_TYPENAME_H

#include "trace/statement/expr/parser.h"

/*
 * Does a cast begin at the token, a parenthesis? C needs to know its typedefs for that; here
 * (NAME) and (NAME *) are casts when an operand follows, which makes no sense otherwise, and
 * before any operator when NAME is a word of C's types, or one of u8 to s64.
 */
bool typename_follows(const struct parser *p);
/*
 * Parse "(struct NAME *)" into the node of the cast; the token is the parenthesis, afterwards that
 * behind the other one. Returns false after a complaint.
 */
bool typename_parse(struct parser *p, struct node *cast);

/* An integer type that needs no type information. */
struct typename_integer {
	const char *name;
	unsigned int size;
	bool is_signed;
};
/* NULL: none of that name. */
const struct typename_integer *typename_integer(const char *name);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_TYPENAME_H */
