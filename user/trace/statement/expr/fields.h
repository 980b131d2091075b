/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* fields.h - printed: what a probe offers, what a struct has. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_FIELDS_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_FIELDS_H

#include <stdio.h>

#include "trace/statement/expr/scope.h"

/* A line "    TYPE NAME" for each argument, and for what is returned. */
void fields_print_scope(const struct scope *s, FILE *to);
/* "struct NAME": its fields, their types and offsets. Returns 0 or an exit code, diagnosed. */
int fields_print_type(const struct btf *btf, const char *name, FILE *to);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_FIELDS_H */
