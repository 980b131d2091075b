/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * set.h - the checks of the designs of dispatch.h, one file each; verify/dispatch/set.c
 * makes a table of them.
 */
#ifndef LATCHKIT_USER_VERIFY_DISPATCH_SET_H
#define LATCHKIT_USER_VERIFY_DISPATCH_SET_H

#include "verify/dispatch/design.h"
#include "verify/core/trap.h"

/* verify/dispatch/step.c */
void verify_dispatch_step(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_dispatch_step_nature(const struct verify_subject *subject);

/* verify/dispatch/storm.c */
void verify_dispatch_storm(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_dispatch_storm_nature(const struct verify_subject *subject);

/* verify/dispatch/lifetime.c */
void verify_dispatch_lifetime(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_dispatch_lifetime_nature(const struct verify_subject *subject);

/* verify/dispatch/aba.c */
void verify_dispatch_aba(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_dispatch_aba_nature(const struct verify_subject *subject);

/* verify/dispatch/progress.c */
void verify_dispatch_progress(const struct verify_options *options, struct verify_verdict *v);
struct verify_nature verify_dispatch_progress_nature(const struct verify_subject *subject);

/*
 * For checks with threads, before they start them: those leave the clock of verify/core/run.c to
 * the
 * first one, and a crash in one of them ends the process. verify/dispatch/set.c
 */
void verify_dispatch_threads(void);
/* The first thread takes the clock back when it has started all. */
void verify_dispatch_watch(void);

/* Step through an operation; its result. verify/dispatch/set.c */
int verify_dispatch_trapped(struct trap *trap, design_call_fn *call, struct design_request *r);

#endif /* LATCHKIT_USER_VERIFY_DISPATCH_SET_H */
