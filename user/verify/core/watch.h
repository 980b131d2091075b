/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* watch.h - in the process of a check: its clock, and crashes and hangs as verdicts. */
#ifndef LATCHKIT_USER_VERIFY_CORE_WATCH_H
#define LATCHKIT_USER_VERIFY_CORE_WATCH_H

#include <pthread.h>

#include "verify/core/verdict.h"

/* Something was finished: the process is alive. Without this for 20 s it counts as hanging. */
void verify_alive(void);
/* The same if `done`, what was finished so far, is another number than the last time. */
void verify_alive_by(lk_u64 done);
/* Is there time left of --seconds? Else the check is skipped, as that was not enough for `what`. */
bool verify_has_time(struct verify_verdict *v, const char *what);
/* Begin one of `parts` equal parts of the time of --seconds, or without that of so many seconds. */
void verify_part(const struct verify_options *options, double seconds, unsigned int parts);
bool verify_part_is_over(void);
/* The check cannot go on: VERIFY_CRASH, VERIFY_HANG, or VERIFY_IDLE. Does not return. */
void verify_give_up(enum verify_kind kind, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
/*
 * Around what starts threads: they leave the clock of verify_alive() to the first one, which takes
 * it back by verify_watch(). A crash in one of them ends the process.
 */
void verify_threads(void);
void verify_watch(void);
/* Start such a thread. When there is none to be had the check fails, VERIFY_IDLE. */
pthread_t verify_thread(void *(*work)(void *arg), void *arg);
/* Who tells where the check is when it hangs or crashes, as for verify_fail(). */
void verify_where(void (*tell)(struct verify_failure *f));
/*
 * Run the verdict's check of its subject, and settle the verdict. Without a failure, a skip or any
 * of its work it fails, VERIFY_IDLE; not so a replay, which need not come to its place.
 */
void verify_check_here(const struct verify_options *options, struct verify_verdict *v);

#endif /* LATCHKIT_USER_VERIFY_CORE_WATCH_H */
