/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* watch.h - in the process of a check: its clock, and crashes and hangs as verdicts. */
#ifndef LATCHKIT_USER_VERIFY_CORE_WATCH_H
#define LATCHKIT_USER_VERIFY_CORE_WATCH_H

#include "verify/core/verdict.h"

/* Something was finished: the process is alive. Without this for 20 s it counts as hanging. */
void verify_alive(void);
/* True if the time that --seconds allows is over. */
bool verify_time_is_up(void);
/* The check cannot go on: VERIFY_CRASH, VERIFY_HANG, or VERIFY_IDLE. Does not return. */
void verify_give_up(enum verify_kind kind, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
/*
 * For checks with threads, before they start them: those leave the clock of verify_alive() to the
 * first one, and a crash in one of them ends the process.
 */
void verify_threads(void);
/* The first thread takes the clock back when it has started all. */
void verify_watch(void);
/* Who tells where the check is when it hangs or crashes, as for verify_fail(). */
void verify_where(void (*tell)(struct verify_failure *f));
/*
 * Run the verdict's check of its subject, and settle the verdict. Without a failure, a skip or any of
 * its work it fails, VERIFY_IDLE; not so a replay, which need not come to its place.
 */
void verify_check_here(const struct verify_options *options, struct verify_verdict *v);

#endif /* LATCHKIT_USER_VERIFY_CORE_WATCH_H */
