/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* machine.h - evaluates the steps of an expression, as bpf/trace/expr_shared.h tells. */
#ifndef LATCHKIT_TESTS_UNIT_STATEMENT_MACHINE_H
#define LATCHKIT_TESTS_UNIT_STATEMENT_MACHINE_H

#include "bpf/trace/expr_shared.h"

struct machine {
	unsigned long long arg[8], retval, task, ns;
	struct {
		const void *from;
		unsigned long bytes;
	} memory[4]; /* what can be read */
	/* Results. */
	long long value;
	unsigned int unread, by_zero, user_reads;
};

enum machine_end {
	MACHINE_DONE,
	MACHINE_UNREAD,
	/* What a maker of steps must never do. */
	MACHINE_BAD_OP,
	MACHINE_BAD_STACK,
	MACHINE_BAD_JUMP,
	MACHINE_BAD_SIZE,
};

enum machine_end machine_run(struct machine *m, const struct expr_step *steps);

#endif /* LATCHKIT_TESTS_UNIT_STATEMENT_MACHINE_H */
