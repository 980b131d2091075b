/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* keys.h - what records are kept by: the argument of --by. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_KEYS_H
#define LATCHKIT_USER_TRACE_ENGINE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/trace/shared.h"
#include "trace/statement/key_names.h"

#define KEY_EXPR_TEXT 128

struct key_list {
	unsigned int by; /* KEY_BIT() of each */
	size_t count; /* 0: records have no keys */
	enum trace_key key[KEYS]; /* as they were named */
	unsigned int kstack_frames, ustack_frames; /* the innermost that count; 0: all */
	char expr[TRACE_KEY_EXPRS][KEY_EXPR_TEXT]; /* of KEY_EXPR and the next ones, as written */
};

/* How a key is called in outputs: its name, or its expression. */
const char *key_title(const struct key_list *list, enum trace_key key);

/*
 * Parse "comm,pid,kstack(3),args.prev.prio". Expressions are resolved later, which tells how many
 * words they take. Returns false and writes what is wrong, for after "--by ", to `why` of `size`
 * bytes.
 */
bool keys_parse(const char *text, struct key_list *list, char *why, size_t size);
/* Is this key among them? */
bool keys_have(const struct key_list *list, enum trace_key key);

#endif /* LATCHKIT_USER_TRACE_ENGINE_KEYS_H */
