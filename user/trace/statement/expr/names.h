/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* names.h - what begins an operand: args.NAME, arg0, retval, curtask, ns, an enumerator. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_NAMES_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_NAMES_H

#include "trace/statement/expr/operand.h"

/* Make top what the name stands for. Returns false after a complaint. */
bool names_resolve(struct compiler *c, const struct node *n, struct operand *o);
/* The same of args.NAME; `n` is the field. */
bool names_argument(struct compiler *c, const struct node *n, struct operand *o);
/* Is the node the word args? */
bool names_is_args(const struct node *n);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_NAMES_H */
