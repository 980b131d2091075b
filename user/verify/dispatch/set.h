/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* set.h - the designs of dispatch.h as a set, and its checks: verify/dispatch/checks.def. */
#ifndef LATCHKIT_USER_VERIFY_DISPATCH_SET_H
#define LATCHKIT_USER_VERIFY_DISPATCH_SET_H

#include "verify/dispatch/design.h"
#include "verify/core/set.h"

#define CHECK(name) extern const struct verify_check verify_dispatch_##name;
#include "verify/dispatch/checks.def"
#undef CHECK

extern const struct verify_set verify_dispatch;

#endif /* LATCHKIT_USER_VERIFY_DISPATCH_SET_H */
