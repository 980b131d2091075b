/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * operand.h - the value or the place in memory that a part of an expression stands for, while its
 * steps are made: fields of what a pointer leads to, elements of arrays.
 */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_OPERAND_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_OPERAND_H

#include <stdio.h>

#include "trace/statement/expr/convert.h"
#include "trace/statement/expr/scope.h"

/* One expression being compiled. */
struct compiler {
	const struct scope *scope;
	const char *text;
	struct complaint *complaint;
	struct emit emit;
	FILE *notes; /* a line for each field that is resolved; may be NULL */
};

struct operand {
	struct ctype type;
	bool in_memory; /* top is an address, and the operand is there; else top is its value */
	long long offset; /* in bytes from that address */
	unsigned int shift, bits; /* of a bit field; bits 0: it is none */
};

/* Complain of a node, as part of the path that it is in: "args.next.pdi: ". Returns false. */
bool operand_complain(struct compiler *c, const struct node *n, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Make top the value of the operand; an array becomes a pointer. Returns false: complained. */
bool operand_load(struct compiler *c, const struct node *n, struct operand *o);
/* Make top its address, with the offset in it: the operand is a pointer then. */
bool operand_address(struct compiler *c, const struct node *n, struct operand *o);
/* From a struct, or a pointer to one, to its field; `n` is at fault when there is none. */
bool operand_field(struct compiler *c, const struct node *n, const char *name, struct operand *o);
/* From an array or pointer to an element; also *p: index 0. */
bool operand_element(struct compiler *c, const struct node *n, long long index, struct operand *o);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_OPERAND_H */
