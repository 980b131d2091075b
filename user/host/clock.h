/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* clock.h - the clocks that durations are measured with, of tasks, of the day, of a thread. */
#ifndef LATCHKIT_USER_HOST_CLOCK_H
#define LATCHKIT_USER_HOST_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in nanoseconds. Any context, signal handlers too. */
uint64_t clock_now_ns(void);
/* CLOCK_BOOTTIME in nanoseconds: with the time that the machine was suspended. */
uint64_t clock_boottime_ns(void);
/* CLOCK_REALTIME in nanoseconds since 1970: may be set back. */
uint64_t clock_realtime_ns(void);
/* For how long this thread has run, in nanoseconds. */
uint64_t clock_thread_ns(void);
/* Sleep that long; a signal ends it early. */
void clock_sleep_ms(unsigned int ms);

#endif /* LATCHKIT_USER_HOST_CLOCK_H */
