/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * expr.h - evaluate an expression, whose steps the verifier sees as constants: of each step it
 * keeps what its operation does, and of all steps behind the end nothing. Any context; reads of
 * memory that is not there fail, they do not fault.
 */
#ifndef LATCHKIT_BPF_TRACE_EXPR_H
#define LATCHKIT_BPF_TRACE_EXPR_H

#include "bpf/trace/expr_shared.h"

/* Where the arguments of a probe are. */
enum expr_args {
	EXPR_ARGS_NONE, /* samples have none */
	EXPR_ARGS_WORDS, /* words at the program's context: tracepoints, trampolines */
	EXPR_ARGS_REGS, /* the registers of a function's entry */
	EXPR_ARGS_SYSCALL, /* the registers of a system call */
	EXPR_ARGS_USDT,
	EXPR_ARGS_RECORD, /* of a classic tracepoint: each is ctx, the address of its record */
};

/* What an expression is about; constants to the compiler but for the pointers and numbers. */
struct expr_source {
	enum expr_args args;
	void *ctx; /* or the registers */
	__u64 retval, ns;
	const lk_u64 *begin; /* of a span that ends: the words of its start; else NULL */
	__u32 statement; /* and its statement, the number plus one; 0: none */
};

/* What an evaluation came to. */
enum expr_end {
	EXPR_DONE,
	EXPR_UNREAD, /* memory that could not be read */
	EXPR_UNREAD_USER, /* the kernel's, at an address of user space */
};

/* What became of a read; failed: it returned an error. */
static LK_INLINE enum expr_end expr_read_end(bool failed, __u64 address, __u32 flags)
{
	if (!failed)
		return EXPR_DONE;
	/* Pages below that are nobody's: a NULL pointer and what is near it. */
	return !(flags & EXPR_USER) && (__s64)address >= 1 << 16 ? EXPR_UNREAD_USER : EXPR_UNREAD;
}

/* Read bytes of user memory, or of the kernel's. Returns 0, or not when they cannot be read. */
static LK_INLINE long expr_copy(void *to, __u32 size, __u64 address, __u32 flags)
{
	if (flags & EXPR_USER)
		return bpf_probe_read_user(to, size, (void *)address);
	return bpf_probe_read_kernel(to, size, (void *)address);
}

/*
 * Loads a register of the program's context. In assembly, as the compiler makes one load of several
 * of different places, from an address that it works out: that is not allowed of a context.
 */
#define EXPR_LOAD_REG(value, ctx, reg) \
	asm volatile("%0 = *(u64 *)(%1 + %2)" \
		     : "=r"(value) \
		     : "r"(ctx), \
		       "i"(__builtin_offsetof(typeof(*__PT_REGS_CAST((struct pt_regs *)0)), reg)))

static LK_INLINE __u64 expr_reg(struct pt_regs *regs, __s64 number)
{
	__u64 value;

	switch (number) {
	case 0:
		EXPR_LOAD_REG(value, regs, __PT_PARM1_REG);
		break;
	case 1:
		EXPR_LOAD_REG(value, regs, __PT_PARM2_REG);
		break;
	case 2:
		EXPR_LOAD_REG(value, regs, __PT_PARM3_REG);
		break;
	case 3:
		EXPR_LOAD_REG(value, regs, __PT_PARM4_REG);
		break;
	default:
		EXPR_LOAD_REG(value, regs, __PT_PARM5_REG);
		break;
	}
	return value;
}

/* Older headers of libbpf have five of them. */
#ifdef bpf_target_x86
struct pt_regs___with_r9 {
	__u64 r9;
} __attribute__((preserve_access_index));

static LK_INLINE __u64 expr_syscall_sixth(struct pt_regs *regs)
{
	return BPF_CORE_READ((struct pt_regs___with_r9 *)regs, r9);
}
#else
struct user_pt_regs___with_regs {
	__u64 regs[31];
} __attribute__((preserve_access_index));

static LK_INLINE __u64 expr_syscall_sixth(struct pt_regs *regs)
{
	return BPF_CORE_READ((struct user_pt_regs___with_regs *)regs, regs[5]);
}
#endif

static LK_INLINE __u64 expr_syscall_reg(struct pt_regs *regs, __s64 number)
{
	switch (number) {
	case 0:
		return PT_REGS_PARM1_CORE_SYSCALL(regs);
	case 1:
		return PT_REGS_PARM2_CORE_SYSCALL(regs);
	case 2:
		return PT_REGS_PARM3_CORE_SYSCALL(regs);
	case 3:
		return PT_REGS_PARM4_CORE_SYSCALL(regs);
	case 4:
		return PT_REGS_PARM5_CORE_SYSCALL(regs);
	default:
		return expr_syscall_sixth(regs);
	}
}

/* Raw argument `number`. Returns 0, or not when there is none. */
static LK_INLINE long expr_arg(const struct expr_source *from, __s64 number, __u64 *value)
{
	long long usdt = 0;
	long err;

	switch (from->args) {
	case EXPR_ARGS_WORDS: /* not loaded from there: that would be a typed pointer */
		return bpf_probe_read_kernel(value, sizeof(*value), (__u64 *)from->ctx + number);
	case EXPR_ARGS_REGS:
		*value = expr_reg(from->ctx, number);
		return 0;
	case EXPR_ARGS_SYSCALL:
		*value = expr_syscall_reg(from->ctx, number);
		return 0;
	case EXPR_ARGS_USDT:
		err = bpf_usdt_arg(from->ctx, number, (long *)&usdt);
		*value = usdt;
		return err;
	case EXPR_ARGS_RECORD:
		*value = (__u64)from->ctx;
		return 0;
	default:
		return -1;
	}
}

static LK_INLINE __u64 expr_extend(__u64 value, __u32 bits, bool is_signed)
{
	__u32 shift = (64 - bits) & 63;

	return is_signed ? (__u64)((__s64)(value << shift) >> shift) : value << shift >> shift;
}

/* The value of `size` bytes at an address. */
static LK_INLINE enum expr_end expr_read(__u64 address, __u32 size, __u32 flags, __u64 *value)
{
	__u64 bytes = 0;
	long err;

	if (size > sizeof(bytes))
		return EXPR_UNREAD;
	err = expr_copy(&bytes, size, address, flags);
	*value = expr_extend(bytes, size * 8, flags & EXPR_SIGNED);
	return expr_read_end(err, address, flags);
}

/* What replaces one value. */
static LK_INLINE __u64 expr_unary(__u32 op, __u32 size, __u32 flags, __s64 imm, __u64 top)
{
	switch (op) {
	case EXPR_ADDR:
		return top + imm;
	case EXPR_BITS:
		return expr_extend(top >> (imm & 63), size, flags & EXPR_SIGNED);
	case EXPR_CAST:
		return expr_extend(top, size * 8, flags & EXPR_SIGNED);
	case EXPR_NEG:
		return -top;
	case EXPR_NOT:
		return ~top;
	case EXPR_LNOT:
		return !top;
	default:
		return !!top; /* EXPR_NORM */
	}
}

/* Division as the processor does it is unsigned, and by zero 0; of remainders the left one. */
static LK_INLINE __u64 expr_divide(__u32 op, __u64 a, __u64 b, __u64 *zero)
{
	bool is_signed = op == EXPR_SDIV || op == EXPR_SMOD;
	bool a_below = is_signed && (__s64)a < 0, b_below = is_signed && (__s64)b < 0;
	__u64 result;

	if (!b) {
		*zero = 1;
		return 0;
	}
	a = a_below ? -a : a;
	b = b_below ? -b : b;
	if (op == EXPR_UDIV || op == EXPR_SDIV) {
		result = a / b;
		return a_below != b_below ? -result : result;
	}
	result = a % b;
	return a_below ? -result : result;
}

/* What replaces two values. */
static LK_INLINE __u64 expr_binary(__u32 op, __u64 a, __u64 b)
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
		return (__s64)a >> (b & 63);
	case EXPR_EQ:
		return a == b;
	case EXPR_NE:
		return a != b;
	case EXPR_ULT:
		return a < b;
	case EXPR_ULE:
		return a <= b;
	case EXPR_SLT:
		return (__s64)a < (__s64)b;
	default:
		return (__s64)a <= (__s64)b; /* EXPR_SLE */
	}
}

/* What expression `number` came to at the start of the span that ends. */
static LK_INLINE __u64 expr_begin(const struct expr_source *from, __s64 number)
{
	__u64 at = span_settings.exprs_at + number;

	return from->begin && at < SPAN_VALUE_WORDS ? from->begin[at] : 0;
}

/* What a step pushes that takes nothing from the stack. Returns 0, or not when there is none. */
static LK_INLINE long expr_operand(__u32 op, __s64 imm, const struct expr_source *from, __u64 *to)
{
	if (op == EXPR_ARG)
		return expr_arg(from, imm, to);
	if (op == EXPR_RETVAL)
		*to = from->retval;
	else if (op == EXPR_TASK)
		*to = bpf_get_current_task();
	else if (op == EXPR_NS)
		*to = from->ns;
	else if (op == EXPR_BEGIN)
		*to = expr_begin(from, imm);
	else
		*to = imm; /* EXPR_CONST */
	return 0;
}

/*
 * Evaluate the steps; *zero becomes 1 if something was divided by zero. The result of no steps is
 * 1: so many is each event, and each is wanted.
 */
static LK_INLINE enum expr_end expr_eval(const volatile struct expr_step *steps,
					 const struct expr_source *from, __u64 *result, __u64 *zero)
{
	__u64 stack[EXPR_STACK + 1] = {};
	__u32 depth = 0, next = 0; /* values on the stack; the first step that is not left out */

	*result = 1;
	for (__u32 i = 0; i < EXPR_STEPS; i++) {
		__u32 op = steps[i].op, size = steps[i].size, flags = steps[i].more;
		__s64 imm = steps[i].imm;
		__u64 *top;

		if (op == EXPR_END)
			break;
		if (i < next)
			continue;
		if (op <= EXPR_CONST) {
			if (depth >= EXPR_STACK || expr_operand(op, imm, from, &stack[depth++]))
				return EXPR_UNREAD;
			continue;
		}
		if (!depth || depth > EXPR_STACK)
			return EXPR_UNREAD;
		top = &stack[depth - 1];
		if (op == EXPR_DEREF) {
			enum expr_end end = expr_read(*top + imm, size, flags, top);

			if (end != EXPR_DONE)
				return end;
		} else if (op < EXPR_ADD) {
			*top = expr_unary(op, size, flags, imm, *top);
		} else if (op == EXPR_ANDJ || op == EXPR_ORJ) {
			if (!*top == (op == EXPR_ANDJ)) {
				*top = op == EXPR_ORJ;
				next = i + 1 + imm;
			} else {
				depth--;
			}
		} else {
			if (depth < 2)
				return EXPR_UNREAD;
			depth--;
			if (op >= EXPR_UDIV && op <= EXPR_SMOD)
				top[-1] = expr_divide(op, top[-1], *top, zero);
			else
				top[-1] = expr_binary(op, top[-1], *top);
		}
	}
	if (depth && depth <= EXPR_STACK)
		*result = stack[depth - 1];
	return EXPR_DONE;
}

#endif /* LATCHKIT_BPF_TRACE_EXPR_H */
