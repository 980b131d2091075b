/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* limits.h - how many descriptors this process may have. */
#ifndef LATCHKIT_USER_HOST_LIMITS_H
#define LATCHKIT_USER_HOST_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

/* Raise the soft limit of descriptors to the hard one: each probe takes one or more. */
void limits_raise(void);
/* Undo that, for a program that is executed next. Async-signal-safe. */
void limits_restore(void);
/* May this process open so many descriptors more? */
bool limits_leave(size_t descriptors);

#endif /* LATCHKIT_USER_HOST_LIMITS_H */
