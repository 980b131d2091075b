/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* key_exprs.h - what an expression that is a key came to, as text. */
#ifndef LATCHKIT_USER_TRACE_SESSION_KEY_EXPRS_H
#define LATCHKIT_USER_TRACE_SESSION_KEY_EXPRS_H

#include "trace/session/session.h"

/*
 * The text of expression i in a row's key, for free(); NULL: out of memory. Not escaped; a string
 * that was cut ends in "...".
 */
char *key_expr_text(const struct trace *t, const struct key_row *row, int i);

#endif /* LATCHKIT_USER_TRACE_SESSION_KEY_EXPRS_H */
