// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* emit.c - see trace/statement/expr/emit.h */
#include <stddef.h>
#include <string.h>

#include "trace/statement/expr/emit.h"

static const struct {
	const char *name;
	int depth; /* what it adds to the stack */
} ops[EXPR_OPS] = {
	[EXPR_END] = {"end", 0},     [EXPR_ARG] = {"arg", 1},	  [EXPR_RETVAL] = {"retval", 1},
	[EXPR_BEGIN] = {"begin", 1}, [EXPR_TASK] = {"task", 1},	  [EXPR_NS] = {"ns", 1},
	[EXPR_CONST] = {"const", 1}, [EXPR_DEREF] = {"deref", 0}, [EXPR_ADDR] = {"addr", 0},
	[EXPR_BITS] = {"bits", 0},   [EXPR_NEG] = {"neg", 0},	  [EXPR_NOT] = {"not", 0},
	[EXPR_LNOT] = {"lnot", 0},   [EXPR_NORM] = {"norm", 0},	  [EXPR_CAST] = {"cast", 0},
	[EXPR_ADD] = {"add", -1},    [EXPR_SUB] = {"sub", -1},	  [EXPR_MUL] = {"mul", -1},
	[EXPR_UDIV] = {"udiv", -1},  [EXPR_SDIV] = {"sdiv", -1},  [EXPR_UMOD] = {"umod", -1},
	[EXPR_SMOD] = {"smod", -1},  [EXPR_AND] = {"and", -1},	  [EXPR_OR] = {"or", -1},
	[EXPR_XOR] = {"xor", -1},    [EXPR_SHL] = {"shl", -1},	  [EXPR_SHR] = {"shr", -1},
	[EXPR_SAR] = {"sar", -1},    [EXPR_EQ] = {"eq", -1},	  [EXPR_NE] = {"ne", -1},
	[EXPR_ULT] = {"ult", -1},    [EXPR_ULE] = {"ule", -1},	  [EXPR_SLT] = {"slt", -1},
	[EXPR_SLE] = {"sle", -1},    [EXPR_ANDJ] = {"andj", -1},  [EXPR_ORJ] = {"orj", -1},
};

const char *emit_op_name(unsigned int op)
{
	return op < EXPR_OPS ? ops[op].name : "?";
}

void emit_step(struct emit *e, enum expr_op op, unsigned int size, int flags, long long imm)
{
	if (e->count == EXPR_STEPS)
		e->too_long = true;
	if (ops[op].depth > 0 && e->depth == EXPR_STACK)
		e->too_deep = true;
	if (e->too_long || e->too_deep)
		return;
	e->step[e->count++] =
		(struct expr_step){(unsigned short)op, (unsigned short)size, flags, imm};
	e->depth += (unsigned int)ops[op].depth;
	if (e->depth > e->most)
		e->most = e->depth;
}

void emit_append(struct emit *e, const struct emit *more)
{
	e->too_long = e->too_long || more->too_long || e->count + more->count > EXPR_STEPS;
	e->too_deep = e->too_deep || more->too_deep || e->depth + more->most > EXPR_STACK;
	if (e->too_long || e->too_deep)
		return;
	memcpy(e->step + e->count, more->step, more->count * sizeof(more->step[0]));
	e->count += more->count;
	if (e->depth + more->most > e->most)
		e->most = e->depth + more->most;
	e->depth += more->depth;
}

bool emit_is_constant(const struct emit *e, unsigned int from, long long *value)
{
	if (e->count != from + 1 || e->step[from].op != EXPR_CONST)
		return false;
	*value = e->step[from].imm;
	return true;
}

/* What a program makes of it; division by zero is left to it, as it counts that. */
static bool fold(enum expr_op op, long long a, long long b, long long *out)
{
	unsigned long long x = (unsigned long long)a, y = (unsigned long long)b;

	switch (op) {
	case EXPR_ADD:
		*out = (long long)(x + y);
		return true;
	case EXPR_SUB:
		*out = (long long)(x - y);
		return true;
	case EXPR_MUL:
		*out = (long long)(x * y);
		return true;
	case EXPR_UDIV:
	case EXPR_UMOD:
		if (y)
			*out = (long long)(op == EXPR_UDIV ? x / y : x % y);
		return y;
	case EXPR_SDIV:
	case EXPR_SMOD:
		if (b == -1)
			*out = op == EXPR_SDIV ? (long long)-x : 0;
		else if (b)
			*out = op == EXPR_SDIV ? a / b : a % b;
		return b;
	case EXPR_AND:
		*out = a & b;
		return true;
	case EXPR_OR:
		*out = a | b;
		return true;
	case EXPR_XOR:
		*out = a ^ b;
		return true;
	case EXPR_SHL:
		*out = (long long)(x << (y & 63));
		return true;
	case EXPR_SHR:
		*out = (long long)(x >> (y & 63));
		return true;
	case EXPR_SAR:
		*out = a >> (y & 63);
		return true;
	default:
		return false;
	}
}

/* x + c and x - c are one step. */
static bool merge(struct emit *e, enum expr_op op)
{
	struct expr_step *last = &e->step[e->count - 1];

	if (last->op != EXPR_CONST || (op != EXPR_ADD && op != EXPR_SUB))
		return false;
	last->op = EXPR_ADDR;
	if (op == EXPR_SUB)
		last->imm = (long long)-(unsigned long long)last->imm;
	e->depth--;
	return true;
}

void emit_binary(struct emit *e, enum expr_op op)
{
	struct expr_step *last = e->step + e->count - 1;
	long long value;

	if (e->too_long || e->too_deep)
		return;
	if (e->count > 1 && last[0].op == EXPR_CONST && last[-1].op == EXPR_CONST &&
	    fold(op, last[-1].imm, last[0].imm, &value)) {
		last[-1].imm = value;
		e->count--;
		e->depth--;
	} else if (!e->count || !merge(e, op)) {
		emit_step(e, op, 0, 0, 0);
	}
}

static bool fold_unary(enum expr_op op, unsigned int size, int flags, long long *value)
{
	unsigned int shift = 64 - 8 * size;

	switch (op) {
	case EXPR_NEG:
		*value = (long long)-(unsigned long long)*value;
		return true;
	case EXPR_NOT:
		*value = ~*value;
		return true;
	case EXPR_CAST:
		*value = (long long)((unsigned long long)*value << shift);
		*value = flags & EXPR_SIGNED ? *value >> shift
					     : (long long)((unsigned long long)*value >> shift);
		return true;
	default:
		return false;
	}
}

void emit_unary(struct emit *e, enum expr_op op, unsigned int size, int flags)
{
	struct expr_step *last = e->step + e->count - 1;

	if (e->too_long || e->too_deep)
		return;
	if (e->count && last->op == EXPR_CONST && fold_unary(op, size, flags, &last->imm))
		return;
	emit_step(e, op, size, flags, 0);
}

unsigned int emit_jump(struct emit *e, enum expr_op op)
{
	emit_step(e, op, 0, 0, 0);
	return e->count ? e->count - 1 : 0;
}

void emit_land(struct emit *e, unsigned int jump)
{
	if (!e->too_long && !e->too_deep)
		e->step[jump].imm = e->count - 1 - jump;
}
