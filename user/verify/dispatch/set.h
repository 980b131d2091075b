/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * set.h - the checks of the designs of dispatch.h, one file each; verify/dispatch/set.c
 * makes a table of them.
 */
#ifndef LATCHKIT_USER_VERIFY_DISPATCH_SET_H
#define LATCHKIT_USER_VERIFY_DISPATCH_SET_H

#include "verify/dispatch/design.h"
#include "verify/core/set.h"

#define CHECK(name) extern const struct verify_check verify_dispatch_##name;
#include "verify/dispatch/checks.def"
#undef CHECK

extern const struct verify_set verify_dispatch;

#endif /* LATCHKIT_USER_VERIFY_DISPATCH_SET_H */
