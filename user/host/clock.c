// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* clock.c - see host/clock.h */
#include <time.h>

#include "host/clock.h"

static unsigned long long now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (unsigned long long)t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec;
}

unsigned long long clock_monotonic_ns(void)
{
	return now_ns(CLOCK_MONOTONIC);
}

unsigned long long clock_boottime_ns(void)
{
	return now_ns(CLOCK_BOOTTIME);
}
