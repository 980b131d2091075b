/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* key_names.h - the names of keys that are no expressions: comm, pid, kstack. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_KEY_NAMES_H
#define LATCHKIT_USER_TRACE_STATEMENT_KEY_NAMES_H

#include <stddef.h>

/* The name of an enum trace_key, in every output and of --by; "": it has none of its own. */
const char *key_name(size_t key);
/* The same of the start of a span: "begin.comm". */
const char *key_name_begin(size_t key);
/* The enum trace_key of that name, or -1. */
int key_find(const char *name);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_KEY_NAMES_H */
