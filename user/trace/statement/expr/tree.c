// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tree.c - see trace/statement/expr/tree.h */
#include <string.h>

#include "trace/statement/expr/tree.h"

struct node *tree_node(struct tree *tree, struct complaint *c, enum node_kind kind, size_t at,
		       size_t length)
{
	struct node *n;

	if (tree->count == TREE_NODES) {
		complain(c, at, length, "more than %d operands and operators in one statement",
			 TREE_NODES);
		return NULL;
	}
	n = &tree->node[tree->count++];
	memset(n, 0, sizeof(*n));
	n->kind = kind;
	n->at = n->from = at;
	n->length = length;
	n->to = at + length;
	return n;
}
