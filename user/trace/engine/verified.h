/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* verified.h - what the kernel's verifier made of the programs. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_VERIFIED_H
#define LATCHKIT_USER_TRACE_ENGINE_VERIFIED_H

#include "trace/engine/state.h"

/*
 * Say of each program that was loaded how many of its instructions are left, now that what the
 * trace does not ask for is removed, and how many the verifier looked at, from Linux 5.16. Of the
 * copies for tracepoints and trampolines, one for each probe, only what they are copies of.
 */
void verified_tell(const struct engine *e);

#endif /* LATCHKIT_USER_TRACE_ENGINE_VERIFIED_H */
