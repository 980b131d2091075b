/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tree.h - an expression as it was parsed, before anything is known of its names. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_TREE_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_TREE_H

#include "trace/statement/expr/lexer.h"

enum node_kind {
	NODE_NUMBER,
	NODE_NAME, /* what begins an operand: arg0, args, retval, curtask, ns, an enumerator */
	NODE_FIELD, /* left . name, left -> name */
	NODE_INDEX, /* left [ right ] */
	NODE_UNARY, /* op left */
	NODE_BINARY, /* left op right */
	NODE_CAST, /* (type) left */
	NODE_BEGIN, /* begin . left: what it came to at the start of the span */
};

/* What a cast names: `struct tcp_sock *` is {TAG_STRUCT, 1 star}. */
enum type_tag { TAG_NONE, TAG_STRUCT, TAG_UNION, TAG_ENUM };

struct node {
	enum node_kind kind;
	size_t at, length; /* what is underlined when it is at fault */
	size_t from, to; /* all of it */
	int op; /* as in struct token */
	const struct node *left, *right;
	unsigned long long value;
	bool is_long, is_unsigned;
	enum type_tag tag;
	unsigned int stars;
	char name[NAME_ROOM];
};

#define TREE_NODES 512
/* How deep operators and parentheses may nest. */
#define TREE_DEPTH 64

/* The nodes of all expressions of a statement. */
struct tree {
	struct node node[TREE_NODES];
	size_t count;
};

/* A new node, or NULL after a complaint: there are too many. */
struct node *tree_node(struct tree *tree, struct complaint *c, enum node_kind kind, size_t at,
		       size_t length);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_TREE_H */
