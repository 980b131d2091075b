/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * path.h - the machine instructions of a find, and stopping before each of them. A find is repeated
 * exactly: it does what it did before as long as the table is what it was.
 */
#ifndef LATCHKIT_USER_VERIFY_KEYED_PATH_H
#define LATCHKIT_USER_VERIFY_KEYED_PATH_H

#include "verify/core/trap.h"
#include "verify/keyed/scene.h"

/* A find that ends at all ends within this many of its instructions. */
#define PATH_MAX_STEPS 4096

struct path {
	unsigned long steps;
	lk_u64 pc[PATH_MAX_STEPS]; /* of each instruction */
	unsigned long nth[PATH_MAX_STEPS]; /* how often it was come to by then */
	/*
	 * Has the table changed by the instruction before? If not, others do what they did there.
	 */
	bool stored[PATH_MAX_STEPS];
	lk_u64 memory[SCENE_WORDS]; /* the table, at the last one */
};

/* Once, before the others. Returns false where finds cannot be stepped: the check is skipped. */
bool path_open(struct verify_verdict *v);
/*
 * Do the find, and note which instructions it has. One without end ends the check with a failure of
 * that kind.
 */
void path_follow(struct path *p, struct scene_find *f, enum verify_kind endless);
/* The same, and at(p, arg) is called before each instruction. */
void path_step(struct path *p, struct scene_find *f, enum verify_kind endless,
	       void (*at)(struct path *p, void *arg), void *arg);
/*
 * Do the find, and call at(arg) before instruction `boundary`. Returns false if it never came
 * there.
 */
bool path_stop(const struct path *p, unsigned long boundary, struct scene_find *f,
	       void (*at)(void *arg), void *arg);

#endif /* LATCHKIT_USER_VERIFY_KEYED_PATH_H */
