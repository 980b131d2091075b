/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* convert.h - C's conversions between integer types. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_CONVERT_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_CONVERT_H

#include "trace/statement/expr/ctype.h"
#include "trace/statement/expr/emit.h"

/* Of what is narrower than an int: int. A pointer is an unsigned long. */
struct ctype convert_promote(const struct ctype *type);
/* The type in which two promoted ones meet. */
struct ctype convert_common(const struct ctype *a, const struct ctype *b);
/* Make top, which is of type `from`, one of `to`. */
void convert_emit(struct emit *e, const struct ctype *from, const struct ctype *to);
/* After an operation in that type: it wraps at its width, unless it is signed. */
void convert_wrap(struct emit *e, const struct ctype *type);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_CONVERT_H */
