/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* verify_checks.h - the checks, one file each; verify_checks.c makes a table of them. */
#ifndef LATCHKIT_USER_VERIFY_CHECKS_H
#define LATCHKIT_USER_VERIFY_CHECKS_H

#include "verify.h"

/* verify_step.c */
void verify_step(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_step_nature(const struct latch_variant *v);

/* verify_nmi.c */
void verify_nmi(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_nmi_nature(const struct latch_variant *v);

/* verify_stress.c */
void verify_stress(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_stress_nature(const struct latch_variant *v);

/* verify_stale.c */
void verify_stale(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_stale_nature(const struct latch_variant *v);

/* verify_progress.c */
void verify_progress(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_progress_nature(const struct latch_variant *v);

#endif /* LATCHKIT_USER_VERIFY_CHECKS_H */
