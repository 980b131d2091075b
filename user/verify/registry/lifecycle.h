/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * lifecycle.h - the objects of the check `step`: what is held stays, and in the end each one was
 * released once.
 */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_LIFECYCLE_H
#define LATCHKIT_USER_VERIFY_REGISTRY_LIFECYCLE_H

#include "verify/registry/step_state.h"

void lifecycle_open(void);
/* The tag of an object that is about to be made. */
lk_u64 lifecycle_begin(const struct registry_step *s);
/* Keep a reference. */
void lifecycle_keep(struct registry_step *s, void *object);
/* Is there room for one more run? */
bool lifecycle_full(void);
/*
 * Wait for grace periods. Each object that is kept is still whole; and when those have been put
 * each one that was made was released, once.
 */
void lifecycle_account(struct registry_step *s);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_LIFECYCLE_H */
