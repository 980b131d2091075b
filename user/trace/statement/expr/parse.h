/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* parse.h - C's expressions over what a probe has; precedence as in C. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_PARSE_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_PARSE_H

#include "trace/statement/expr/parser.h"

/* Parse an expression from the lexer's token on. NULL after a complaint. */
struct node *parse_expression(struct parser *p);
#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_PARSE_H */
