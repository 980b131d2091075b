/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* inside.h - which boundaries of an operation lie inside the critical section. */
#ifndef LATCHKIT_USER_VERIFY_LATCH_INSIDE_H
#define LATCHKIT_USER_VERIFY_LATCH_INSIDE_H

#include "verify/latch/step_site.h"

/*
 * Count the boundaries at which the operation owns the write side, which it must take once and give
 * back once; a read must not store at all.
 */
void step_inside(struct step *t);

#endif /* LATCHKIT_USER_VERIFY_LATCH_INSIDE_H */
