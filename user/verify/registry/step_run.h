/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* step_run.h - one run of the check `step`: set up, step, act, judge. */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_STEP_RUN_H
#define LATCHKIT_USER_VERIFY_REGISTRY_STEP_RUN_H

#include "verify/registry/step_state.h"

/* With the act at s->boundary, or at each instruction. */
void registry_step_run(struct registry_step *s);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_STEP_RUN_H */
