/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* privileges.h - give up what a trace no longer needs. */
#ifndef LATCHKIT_USER_HOST_PRIVILEGES_H
#define LATCHKIT_USER_HOST_PRIVILEGES_H

#include <stdbool.h>

/*
 * Keep CAP_BPF and CAP_PERFMON; with `symbols` also what reading other processes' maps and
 * files takes, with `command` what ending a command takes; drop all others for good. Returns 0 or
 * EXIT_FAILED (said).
 */
int privileges_drop(bool symbols, bool command);

/*
 * Returns true if the kernel is locked down so far that nobody may read its memory: then kprobes
 * are refused, and programs that read it.
 */
bool privileges_locked_down(void);

#endif /* LATCHKIT_USER_HOST_PRIVILEGES_H */
