/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* clock.h - the kernel's clocks, in nanoseconds. */
#ifndef LATCHKIT_USER_HOST_CLOCK_H
#define LATCHKIT_USER_HOST_CLOCK_H

/* CLOCK_MONOTONIC: the clock of bpf_ktime_get_ns(). Stands still while the machine is suspended. */
unsigned long long clock_monotonic_ns(void);
/* CLOCK_BOOTTIME: the clock of start times of tasks. */
unsigned long long clock_boottime_ns(void);

#endif /* LATCHKIT_USER_HOST_CLOCK_H */
