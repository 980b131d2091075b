/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* compile.h - from an expression to its steps, by the types of what it names. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_COMPILE_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_COMPILE_H

#include "trace/statement/expr/operand.h"

/* Make top, or what top is the address of, that node. Returns false after a complaint. */
bool compile_operand(struct compiler *c, const struct node *n, struct operand *o);
/* The same, top being the value then: an integer or a pointer. */
bool compile_value(struct compiler *c, const struct node *n, struct operand *o);
/* A constant, worked out, for what must be one. */
bool compile_constant(struct compiler *c, const struct node *n, long long *value);
/* Complain if the steps are more than an expression can have. */
bool compile_check(struct compiler *c, const struct node *n);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_COMPILE_H */
