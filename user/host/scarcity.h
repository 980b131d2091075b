/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scarcity.h - errors that say nothing about what was asked for, but that this process, or the
 * host, has run out of something.
 */
#ifndef LATCHKIT_USER_HOST_SCARCITY_H
#define LATCHKIT_USER_HOST_SCARCITY_H

#include <stdbool.h>

/* Is an errno, or a negative one, of that kind: no memory, no descriptor, a failed read? */
bool scarcity_is(int err);
/* Can a thread be started now? Returns 0 or an errno. */
int scarcity_of_threads(void);

#endif /* LATCHKIT_USER_HOST_SCARCITY_H */
