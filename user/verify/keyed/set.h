/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* set.h - the tables of keyed.h as a set, and its checks: verify/keyed/checks.def. */
#ifndef LATCHKIT_USER_VERIFY_KEYED_SET_H
#define LATCHKIT_USER_VERIFY_KEYED_SET_H

#include "verify/core/set.h"

/* What is expected of a table whose places are ready before their keys are there. */
struct verify_expected_failures keyed_expects(const struct verify_subject *subject);

#define CHECK(name) extern const struct verify_check verify_keyed_##name;
#include "verify/keyed/checks.def"
#undef CHECK

extern const struct verify_set verify_keyed;

#endif /* LATCHKIT_USER_VERIFY_KEYED_SET_H */
