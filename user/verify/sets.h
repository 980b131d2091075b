/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* verify_sets.h - the sets, one file each; verify_sets.c makes a table of them. */
#ifndef LATCHKIT_USER_VERIFY_SETS_H
#define LATCHKIT_USER_VERIFY_SETS_H

#include "verify.h"

extern const struct verify_set verify_latches; /* verify_latches.c */
extern const struct verify_set verify_dispatch; /* verify_dispatch.c */

#endif /* LATCHKIT_USER_VERIFY_SETS_H */
