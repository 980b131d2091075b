/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* key_function.h - str(), ntop(), errno(), sym() and disk(): from their operand to a key. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_KEY_FUNCTION_H
#define LATCHKIT_USER_TRACE_STATEMENT_KEY_FUNCTION_H

#include "trace/statement/expr/compile.h"

/*
 * Make top what the function needs of `n`. *as: which function, EXPR_AS_SOCK for any ntop();
 * afterwards what the programs are to do. *sock is set if that is EXPR_AS_SOCK. Returns false
 * after a complaint.
 */
bool key_function_compile(struct compiler *c, const struct node *n, enum expr_as *as,
			  struct expr_sock *sock, struct operand *o);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_KEY_FUNCTION_H */
