/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* set.h - the checks of latches, one file each; verify/latch/set.c makes a table of them.
 */
#ifndef LATCHKIT_USER_VERIFY_LATCH_SET_H
#define LATCHKIT_USER_VERIFY_LATCH_SET_H

#include "latch/table.h"
#include "verify/core/verify.h"

/* The latch that a verdict is about. */
static inline const struct latch_variant *latch_of(const struct verify_verdict *v)
{
	return v->subject->self;
}

/* verify/latch/step.c */
void verify_step(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_step_nature(const struct verify_subject *subject);

/* verify/latch/nmi.c */
void verify_nmi(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_nmi_nature(const struct verify_subject *subject);

/* verify/latch/stress.c */
void verify_stress(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_stress_nature(const struct verify_subject *subject);

/* verify/latch/stale.c */
void verify_stale(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_stale_nature(const struct verify_subject *subject);

/* verify/latch/progress.c */
void verify_progress(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_progress_nature(const struct verify_subject *subject);

#endif /* LATCHKIT_USER_VERIFY_LATCH_SET_H */
