/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* syscalls.h - names of system calls, as the kernel's tracepoints spell them. */
#ifndef LATCHKIT_USER_HOST_SYSCALLS_H
#define LATCHKIT_USER_HOST_SYSCALLS_H

/* Returns the name of system call `number`, or NULL. */
const char *syscall_name(int number);
/* Returns the number of the system call of that name (newfstat or fstat), or -1. */
int syscall_number(const char *name);
/* Numbers run from 0 to this, exclusive. */
int syscall_count(void);

#endif /* LATCHKIT_USER_HOST_SYSCALLS_H */
