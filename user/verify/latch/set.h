/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* set.h - the latches as a set, and its checks: verify/latch/checks.def. */
#ifndef LATCHKIT_USER_VERIFY_LATCH_SET_H
#define LATCHKIT_USER_VERIFY_LATCH_SET_H

#include "latch/table.h"
#include "verify/core/set.h"

/* The latch that a verdict is about. */
static inline const struct latch_variant *latch_of(const struct verify_verdict *v)
{
	return v->subject->self;
}

/* May a write of it be refused because another writer is active? */
static inline bool latch_may_be_busy(const struct latch_variant *variant)
{
	return variant->refuses[0] == 'b';
}

/*
 * The failures of a latch that is not safe in NMIs when something interrupts a write: a reader that
 * waits for the writer never ends, another one gets a torn record.
 */
struct verify_expected_failures latch_expects(const struct verify_subject *subject);

#define CHECK(name) extern const struct verify_check verify_latch_##name;
#include "verify/latch/checks.def"
#undef CHECK

extern const struct verify_set verify_latches;

#endif /* LATCHKIT_USER_VERIFY_LATCH_SET_H */
