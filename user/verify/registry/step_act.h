/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* step_act.h - what is done while an operation of the check `step` stands still. */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_STEP_ACT_H
#define LATCHKIT_USER_VERIFY_REGISTRY_STEP_ACT_H

#include "verify/registry/step_state.h"

/* Do what the letters of struct step_act say, in the signal handler. */
void registry_step_interrupt(struct registry_step *s, const char *program);
/* Is X found? */
void registry_step_look(struct registry_step *s);
/*
 * When the operation has ended: the other thread has waited for that, or was to do something at an
 * instruction that was not executed, and need not now.
 */
void registry_step_wait(struct registry_step *s);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_STEP_ACT_H */
