/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* step_fail.h - failures of the check `step`, and where it stood. */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_STEP_FAIL_H
#define LATCHKIT_USER_VERIFY_REGISTRY_STEP_FAIL_H

#include "verify/registry/step_state.h"

const char *registry_step_name(enum step_operation operation);
/* Note that it failed; the rest of this operation is left out. */
void registry_step_fail(struct registry_step *s, enum verify_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_STEP_FAIL_H */
