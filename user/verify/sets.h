/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* sets.h - the sets, one file each; verify/sets.c makes a table of them. */
#ifndef LATCHKIT_USER_VERIFY_SETS_H
#define LATCHKIT_USER_VERIFY_SETS_H

#include "verify/core/verify.h"

extern const struct verify_set verify_latches; /* verify/latch/set.c */
extern const struct verify_set verify_dispatch; /* verify/dispatch/set.c */

#endif /* LATCHKIT_USER_VERIFY_SETS_H */
