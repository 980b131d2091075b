/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* emit.h - writes the steps of an expression; knows how deep the stack is. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_EMIT_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_EMIT_H

#include <stdbool.h>

#include "bpf/trace/expr_shared.h"

struct emit {
	struct expr_step step[EXPR_STEPS];
	unsigned int count;
	unsigned int depth; /* of the stack now */
	unsigned int most; /* and the most that it was */
	bool too_long, too_deep; /* what came after is not there */
};

/* Append a step. */
void emit_step(struct emit *e, enum expr_op op, unsigned int size, int flags, long long imm);
/* Append all steps of another expression, which leaves one value. */
void emit_append(struct emit *e, const struct emit *more);
/*
 * Append one that takes two. When both are constants it is worked out, and what is added to or
 * subtracted from something is made part of one step.
 */
void emit_binary(struct emit *e, enum expr_op op);
/* Append one that changes top, worked out when that is a constant. */
void emit_unary(struct emit *e, enum expr_op op, unsigned int size, int flags);
/* Append an ANDJ or ORJ. Returns its place for emit_land(). */
unsigned int emit_jump(struct emit *e, enum expr_op op);
/* Let the jump lead here. */
void emit_land(struct emit *e, unsigned int jump);
/* From step `from` on there is only a constant; *value is it. */
bool emit_is_constant(const struct emit *e, unsigned int from, long long *value);
/* The name of an op, as --explain prints it. */
const char *emit_op_name(unsigned int op);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_EMIT_H */
