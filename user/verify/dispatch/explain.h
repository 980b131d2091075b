/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * explain.h - is there an order of operations on one slot that explains what they returned?
 *
 * One thread with signals: each operation but those that were interrupted happened at an instant.
 * An interrupted one has its effect at one instant between its begin and its end.
 */
#ifndef LATCHKIT_USER_VERIFY_DISPATCH_EXPLAIN_H
#define LATCHKIT_USER_VERIFY_DISPATCH_EXPLAIN_H

#include "verify/dispatch/design.h"

#define EXPLAIN_MAX 8192

struct explain_operation {
	enum design_operation what;
	lk_u64 in; /* the registration to be put in */
	lk_u64 out; /* that was given back at once, 0: none */
	lk_u64 seen; /* handle: that was called, 0: none */
	int result;
};

struct explain {
	bool is_table;
	lk_u64 initial; /* the registration in the slot, 0: none */
	/* In the order of their ends: all that were not interrupted. */
	struct explain_operation done[EXPLAIN_MAX];
	unsigned int count;
	/* Interrupted at one instruction, and so before or after all of these. */
	bool has_outer;
	struct explain_operation outer;
	/* Interrupted again and again, and so anywhere among these. */
	bool has_swept;
	struct explain_operation swept;
	struct explain_operation last; /* a call when all was over */
};

bool explain(const struct explain *e);

#endif /* LATCHKIT_USER_VERIFY_DISPATCH_EXPLAIN_H */
