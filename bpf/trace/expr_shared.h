/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * expr_shared.h - an expression as steps: what user/trace/statement/ makes of its text and what the
 * programs evaluate. The steps lie in read-only data, so that the verifier sees constants and
 * removes what no step uses.
 *
 * A step takes values from a stack and puts one back. Values are 64 bits wide, and on the stack
 * always have the value that C says: what is narrower has been extended by its own sign. `int` and
 * `long` do not wrap at their width (C leaves that undefined); unsigned types do, by a CAST.
 * END, or EXPR_STEPS, ends the steps, with one value, the result, on the stack. No steps at all:
 * there is no such expression. The maker has checked them: the stack never runs empty nor deeper
 * than EXPR_STACK; a jump lands on a step or right behind the last one; at each step the stack is
 * as deep whatever way led there.
 *
 * Includable in BPF programs and in C; includes nothing.
 */
#ifndef LATCHKIT_BPF_TRACE_EXPR_SHARED_H
#define LATCHKIT_BPF_TRACE_EXPR_SHARED_H

/* The most steps of an expression, and the most values on its stack. */
#define EXPR_STEPS 24
#define EXPR_STACK 4

/*
 * `top` is the last value, `below` the one before it; of binary operators below is the left one.
 * What the ops of one line of comment do is told by C's operator of that name.
 */
enum expr_op {
	EXPR_END = 0,
	/*
	 * Push: the probe's raw argument number imm, 64 bits as they are in its register; of a
	 * classic tracepoint the address of its record;
	 */
	EXPR_ARG,
	/* what the function or system call returned, 64 bits; 0 for a call that does not return; */
	EXPR_RETVAL,
	/* the pointer of the current task; */
	EXPR_TASK,
	/* how long the call took that ends, in ns; */
	EXPR_NS,
	/* imm. */
	EXPR_CONST,
	/*
	 * The `size` bytes (1, 2, 4, 8) at top + imm in place of top. EXPR_SIGNED, EXPR_USER. If it
	 * cannot be read, the evaluation ends: the event is `unread`.
	 */
	EXPR_DEREF,
	/* top + imm */
	EXPR_ADDR,
	/* `size` bits of top, from bit imm on. EXPR_SIGNED. size >= 1, imm + size <= 64 */
	EXPR_BITS,
	EXPR_NEG,
	EXPR_NOT,
	EXPR_LNOT,
	/* 1 if top is not zero, else 0 */
	EXPR_NORM,
	/* the low `size` bytes (1, 2, 4) of top, extended with zeros, or by EXPR_SIGNED */
	EXPR_CAST,
	/* Take two, push one. */
	EXPR_ADD,
	EXPR_SUB,
	EXPR_MUL,
	/*
	 * By zero: 0, and the evaluator counts it. Of signed ones the smallest by -1: itself, its
	 * remainder 0. A remainder has the sign of the left one.
	 */
	EXPR_UDIV,
	EXPR_SDIV,
	EXPR_UMOD,
	EXPR_SMOD,
	EXPR_AND,
	EXPR_OR,
	EXPR_XOR,
	/* Shifts: by the low six bits of the right one. SAR keeps the sign. */
	EXPR_SHL,
	EXPR_SHR,
	EXPR_SAR,
	/* Comparisons: 1 or 0. U: unsigned, S: signed; below < top, below <= top. */
	EXPR_EQ,
	EXPR_NE,
	EXPR_ULT,
	EXPR_ULE,
	EXPR_SLT,
	EXPR_SLE,
	/* If top is zero, it stays so, and the next imm steps are left out; else pop. */
	EXPR_ANDJ,
	/* If top is not zero, it becomes 1, and the next imm steps are left out; else pop. */
	EXPR_ORJ,
	EXPR_OPS,
};

/* Flags of a step, in `more`. */
#define EXPR_SIGNED 1
#define EXPR_USER 2 /* read user memory */

struct expr_step {
	unsigned short op, size;
	int more;
	long long imm;
};

/*
 * What is done with the result of an expression before it is part of a key; the type of the words
 * in that key. Only EXPR_AS_NUMBER occurs as predicate or value.
 */
enum expr_as {
	/* one word: the value */
	EXPR_AS_NUMBER = 0,
	/* one word: -value if -4095 <= value < 0, else 0 */
	EXPR_AS_ERRNO,
	/* one word: an address of the kernel, named by user space */
	EXPR_AS_SYM,
	/* one word: a dev_t of the kernel, major << 20 | minor */
	EXPR_AS_DISK,
	/*
	 * EXPR_STR_BYTES: the string at the address value, zeros behind its end; what is longer is
	 * cut, and its last byte is 1. EXPR_USER: in user memory
	 */
	EXPR_AS_STR,
	/* one word: an IPv4 address in network order */
	EXPR_AS_IPV4,
	/* two words: the 16 bytes at the address value. EXPR_USER */
	EXPR_AS_IPV6,
	/* three words: family and address of the socket's peer at the address value: expr_sock */
	EXPR_AS_SOCK,
};

/* The most bytes of a string that is a key, its end included. */
#define EXPR_STR_BYTES 64

/* How many words of a key that takes. */
static inline unsigned int expr_as_words(unsigned int as)
{
	switch (as) {
	case EXPR_AS_STR:
		return EXPR_STR_BYTES / 8;
	case EXPR_AS_IPV6:
		return 2;
	case EXPR_AS_SOCK:
		return 3;
	default:
		return 1;
	}
}

/* Where struct sock has its peer. One for all expressions. */
struct expr_sock {
	unsigned int family; /* 2 bytes: AF_INET or AF_INET6 */
	unsigned int ipv4; /* 4 bytes */
	unsigned int ipv6; /* 16 bytes */
};

#endif /* LATCHKIT_BPF_TRACE_EXPR_SHARED_H */
