/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* set.h - scratch memory as a set, and its checks: verify/scratch/checks.def. */
#ifndef LATCHKIT_USER_VERIFY_SCRATCH_SET_H
#define LATCHKIT_USER_VERIFY_SCRATCH_SET_H

#include "verify/core/set.h"

/*
 * What is expected of those that share: two owners, wherever claims may come and go as they like.
 */
struct verify_expected_failures scratch_expects(const struct verify_subject *subject);
/* The same where whoever interrupts ends first: then only the plain buffer has two. */
struct verify_expected_failures scratch_expects_nested(const struct verify_subject *subject);

#define CHECK(name) extern const struct verify_check verify_scratch_##name;
#include "verify/scratch/checks.def"
#undef CHECK

extern const struct verify_set verify_scratch;

#endif /* LATCHKIT_USER_VERIFY_SCRATCH_SET_H */
