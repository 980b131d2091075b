/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* parser.h - a place in a text that is being parsed. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_PARSER_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_PARSER_H

#include "trace/statement/expr/tree.h"

struct parser {
	struct lexer lexer;
	struct tree *tree;
	bool predicate; /* a / that the statement may end behind, or its { follow, is no operator */
	unsigned int depth;
};

/* Is the token this op? */
bool parse_is(const struct parser *p, int op);
/* Go beyond the token if it is this op. */
bool parse_take(struct parser *p, int op);
/* Complain that `wanted` should be where the token is. Returns false. */
bool parse_wants(struct parser *p, const char *wanted);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_PARSER_H */
