/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pressure.h - notification of memory pressure: a trigger on the kernel's pressure stall
 * information (PSI) of this process's cgroup (version 2), or of the whole machine where that has
 * none.
 */
#ifndef LATCHKIT_USER_HOST_PRESSURE_H
#define LATCHKIT_USER_HOST_PRESSURE_H

#include <stddef.h>

struct pressure {
	int fd; /* poll() it for POLLPRI, or pressure_wait() */
	char source[256]; /* the file that it watches */
};

/*
 * Arm a trigger: it fires when tasks have stalled on memory for `stall_us` microseconds within
 * `window_us`, at most once per window. The kernel takes windows of 500 ms to 10 s; without
 * CAP_SYS_RESOURCE whole multiples of 2 s (Linux 6.5 and later). Returns 0, or a negative errno:
 * then `why` holds, for people, which files were tried and what is missing.
 */
int pressure_open(struct pressure *p, unsigned int stall_us, unsigned int window_us, char *why,
		  size_t why_size);
void pressure_close(struct pressure *p);
/* Wait up to `timeout_ms`. Returns 1 when the trigger fired, 0 on timeout, or a negative errno;
 * -ENODEV: the cgroup was removed. */
int pressure_wait(const struct pressure *p, int timeout_ms);

#endif /* LATCHKIT_USER_HOST_PRESSURE_H */
