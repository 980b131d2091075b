/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * linearize.h - a linearizability checker for histories of one slot: is there a sequential order of
 * the operations, consistent with their begins and ends, in which each returns what it returned?
 * It tries all orders (Wing and Gong, 1993), of which there are few:
 *
 * One thread with signals: each operation but those that were interrupted happened at an instant.
 * An interrupted one has its effect at one instant between its begin and its end.
 */
#ifndef LATCHKIT_USER_VERIFY_DISPATCH_LINEARIZE_H
#define LATCHKIT_USER_VERIFY_DISPATCH_LINEARIZE_H

#include "verify/dispatch/design.h"

#define LINEARIZE_MAX 8192

struct linearize_operation {
	enum design_operation what;
	lk_u64 in; /* the registration to be put in */
	lk_u64 out; /* that was given back at once, 0: none */
	lk_u64 seen; /* handle: that was called, 0: none */
	int result;
};

struct history {
	bool is_table;
	lk_u64 initial; /* the registration in the slot, 0: none */
	/* In the order of their ends: all that were not interrupted. */
	struct linearize_operation done[LINEARIZE_MAX];
	unsigned int count;
	/* Interrupted at one instruction, and so before or after all of these. */
	bool has_outer;
	struct linearize_operation outer;
	/* Interrupted again and again, and so anywhere among these. */
	bool has_swept;
	struct linearize_operation swept;
	struct linearize_operation last; /* a call when all was over */
};

bool is_linearizable(const struct history *e);

#endif /* LATCHKIT_USER_VERIFY_DISPATCH_LINEARIZE_H */
