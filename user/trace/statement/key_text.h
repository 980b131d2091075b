/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* key_text.h - how the key of an expression is written in reports. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_KEY_TEXT_H
#define LATCHKIT_USER_TRACE_STATEMENT_KEY_TEXT_H

#include <stddef.h>

#include "trace/statement/parts.h"

/*
 * Write the words that programs made of the expression's value, as bpf/trace/expr_shared.h tells
 * for e->as, to `out` of `size` bytes, not escaped: "-3", "ENOENT", "vda", "10.0.0.1". Of
 * EXPR_AS_SYM the address, which symbols/kernel.h names. Returns `out`.
 */
const char *key_text(const struct expr *e, const unsigned long long *words, char *out, size_t size);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_KEY_TEXT_H */
