/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* set.h - the tables of spans.h as a set, and its checks: verify/spans/checks.def. */
#ifndef LATCHKIT_USER_VERIFY_SPANS_SET_H
#define LATCHKIT_USER_VERIFY_SPANS_SET_H

#include "verify/core/set.h"

/* What is expected of a table whose starts are ready too early, or kept for each CPU. */
struct verify_expected_failures spans_expects(const struct verify_subject *subject);

#define CHECK(name) extern const struct verify_check verify_spans_##name;
#include "verify/spans/checks.def"
#undef CHECK

extern const struct verify_set verify_spans;

#endif /* LATCHKIT_USER_VERIFY_SPANS_SET_H */
