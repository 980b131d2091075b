// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* machine.c - see machine.h. */
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "tests/unit/statement/machine.h"

typedef long long s64;
typedef unsigned long long u64;

static u64 extend(u64 value, unsigned int bits, bool is_signed)
{
	unsigned int shift = 64 - bits;

	value <<= shift;
	return is_signed ? (u64)((s64)value >> shift) : value >> shift;
}

static bool can_read(const struct machine *m, u64 from, unsigned int bytes)
{
	for (int i = 0; i < 4; i++) {
		u64 begin = (u64)m->memory[i].from;

		if (begin && from >= begin && from + bytes <= begin + m->memory[i].bytes)
			return true;
	}
	return false;
}

static enum machine_end read_memory(struct machine *m, const struct expr_step *s, u64 *top)
{
	u64 from = *top + (u64)s->imm, value = 0;

	if (s->size != 1 && s->size != 2 && s->size != 4 && s->size != 8)
		return MACHINE_BAD_SIZE;
	m->user_reads += !!(s->more & EXPR_USER);
	if (!can_read(m, from, s->size)) {
		m->unread++;
		return MACHINE_UNREAD;
	}
	memcpy(&value, (const void *)from, s->size);
	*top = extend(value, s->size * 8U, s->more & EXPR_SIGNED);
	return MACHINE_DONE;
}

static u64 divide(struct machine *m, unsigned int op, u64 a, u64 b)
{
	if (!b) {
		m->by_zero++;
		return 0;
	}
	switch (op) {
	case EXPR_UDIV:
		return a / b;
	case EXPR_UMOD:
		return a % b;
	case EXPR_SDIV:
		return b == ~0ULL ? -a : (u64)((s64)a / (s64)b);
	default:
		return b == ~0ULL ? 0 : (u64)((s64)a % (s64)b);
	}
}

static u64 binary(struct machine *m, unsigned int op, u64 a, u64 b)
{
	switch (op) {
	case EXPR_ADD:
		return a + b;
	case EXPR_SUB:
		return a - b;
	case EXPR_MUL:
		return a * b;
	case EXPR_AND:
		return a & b;
	case EXPR_OR:
		return a | b;
	case EXPR_XOR:
		return a ^ b;
	case EXPR_SHL:
		return a << (b & 63);
	case EXPR_SHR:
		return a >> (b & 63);
	case EXPR_SAR:
		return (u64)((s64)a >> (b & 63));
	case EXPR_EQ:
		return a == b;
	case EXPR_NE:
		return a != b;
	case EXPR_ULT:
		return a < b;
	case EXPR_ULE:
		return a <= b;
	case EXPR_SLT:
		return (s64)a < (s64)b;
	case EXPR_SLE:
		return (s64)a <= (s64)b;
	default:
		return divide(m, op, a, b);
	}
}

static enum machine_end unary(struct machine *m, const struct expr_step *s, u64 *top)
{
	switch (s->op) {
	case EXPR_DEREF:
		return read_memory(m, s, top);
	case EXPR_ADDR:
		*top += (u64)s->imm;
		return MACHINE_DONE;
	case EXPR_BITS:
		if (!s->size || s->imm < 0 || s->imm + s->size > 64)
			return MACHINE_BAD_SIZE;
		*top = extend(*top >> s->imm, s->size, s->more & EXPR_SIGNED);
		return MACHINE_DONE;
	case EXPR_NEG:
		*top = -*top;
		return MACHINE_DONE;
	case EXPR_NOT:
		*top = ~*top;
		return MACHINE_DONE;
	case EXPR_LNOT:
		*top = !*top;
		return MACHINE_DONE;
	case EXPR_NORM:
		*top = !!*top;
		return MACHINE_DONE;
	default:
		if (s->size != 1 && s->size != 2 && s->size != 4)
			return MACHINE_BAD_SIZE;
		*top = extend(*top, s->size * 8U, s->more & EXPR_SIGNED);
		return MACHINE_DONE;
	}
}

static u64 source(const struct machine *m, const struct expr_step *s)
{
	switch (s->op) {
	case EXPR_ARG:
		return m->arg[s->imm & 7];
	case EXPR_RETVAL:
		return m->retval;
	case EXPR_TASK:
		return m->task;
	case EXPR_NS:
		return m->ns;
	default:
		return (u64)s->imm;
	}
}

enum machine_end machine_run(struct machine *m, const struct expr_step *steps)
{
	u64 stack[EXPR_STACK + 2];
	unsigned int depth = 0, i = 0;
	enum machine_end end;

	for (; i < EXPR_STEPS && steps[i].op != EXPR_END; i++) {
		const struct expr_step *s = &steps[i];
		u64 *top = stack + depth - 1;

		if (s->op >= EXPR_OPS)
			return MACHINE_BAD_OP;
		if (s->op <= EXPR_CONST) {
			if (depth == EXPR_STACK)
				return MACHINE_BAD_STACK;
			stack[depth++] = source(m, s);
		} else if (depth == 0) {
			return MACHINE_BAD_STACK;
		} else if (s->op <= EXPR_CAST) {
			end = unary(m, s, top);
			if (end)
				return end;
		} else if (s->op < EXPR_ANDJ) {
			if (depth < 2)
				return MACHINE_BAD_STACK;
			depth--;
			top[-1] = binary(m, s->op, top[-1], top[0]);
		} else if (s->imm < 0 || i + s->imm >= EXPR_STEPS) {
			return MACHINE_BAD_JUMP;
		} else if (!!*top == (s->op == EXPR_ORJ)) {
			*top = !!*top;
			i += (unsigned int)s->imm;
		} else {
			depth--;
		}
	}
	if (depth != 1)
		return MACHINE_BAD_STACK;
	m->value = (s64)stack[0];
	return MACHINE_DONE;
}
