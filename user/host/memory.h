/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* memory.h - how much memory can be had. */
#ifndef LATCHKIT_USER_HOST_MEMORY_H
#define LATCHKIT_USER_HOST_MEMORY_H

#include <stddef.h>

/*
 * Bytes that this process can have without others losing theirs: what /proc/meminfo calls
 * available, or what the limits of its cgroup (v2, or v1's memory) and of those above leave, if
 * that is less. What is cached of files can be had.
 * SIZE_MAX: nothing tells.
 */
size_t memory_available(void);

#endif /* LATCHKIT_USER_HOST_MEMORY_H */
