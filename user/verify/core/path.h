/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * path.h - the machine instructions of an operation on a table, and stopping before each of them.
 * An operation is repeated exactly: it does what it did before as long as the table is what it was.
 */
#ifndef LATCHKIT_USER_VERIFY_CORE_PATH_H
#define LATCHKIT_USER_VERIFY_CORE_PATH_H

#include "verify/core/trap.h"

/* An operation that ends at all ends within this many of its instructions. */
#define PATH_MAX_STEPS 4096
#define PATH_MAX_WORDS 4096

/* An operation: call(arg) calls the function at `entry`, which stores to `memory`. */
struct path_operation {
	lk_u64 entry;
	int (*call)(void *arg);
	void *arg;
	const lk_u64 *memory;
	size_t words; /* of it, at most PATH_MAX_WORDS */
};

struct path {
	unsigned long steps;
	lk_u64 pc[PATH_MAX_STEPS]; /* of each instruction */
	unsigned long nth[PATH_MAX_STEPS]; /* how often it was come to by then */
	/*
	 * Has the table changed by the instruction before? If not, others do what they did there.
	 */
	bool stored[PATH_MAX_STEPS];
	lk_u64 memory[PATH_MAX_WORDS]; /* the table, at the last one */
};

/*
 * Once, before the others. Returns false where operations cannot be stepped: the check is skipped.
 */
bool path_open(struct verify_verdict *v);
/* Can the function at `entry` be stopped in? If not, the check is skipped. */
bool path_breaks(struct verify_verdict *v, lk_u64 entry);
/*
 * Do the operation, and note which instructions it has. One without end ends the check with a
 * failure of that kind.
 */
void path_follow(struct path *p, struct path_operation o, enum verify_kind endless);
/* The same, and at(p, arg) is called before each instruction. */
void path_step(struct path *p, struct path_operation o, enum verify_kind endless,
	       void (*at)(struct path *p, void *arg), void *arg);
/*
 * Do the operation, and call at(arg) before instruction `boundary`. Returns false if it never came
 * there.
 */
bool path_stop(const struct path *p, unsigned long boundary, struct path_operation o,
	       void (*at)(void *arg), void *arg);

#endif /* LATCHKIT_USER_VERIFY_CORE_PATH_H */
