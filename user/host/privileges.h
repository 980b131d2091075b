/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* privileges.h - drop the capabilities that a trace no longer needs. */
#ifndef LATCHKIT_USER_HOST_PRIVILEGES_H
#define LATCHKIT_USER_HOST_PRIVILEGES_H

#include <stdbool.h>

/*
 * Keep CAP_BPF and CAP_PERFMON; with `symbols` also CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH and
 * CAP_CHECKPOINT_RESTORE, to read other processes' maps and files; with `command` also CAP_KILL, to
 * end the command; with `files` also CAP_DAC_OVERRIDE, to put files into others' directories. Drop
 * all others for good and set no_new_privs. Returns 0, or EXIT_FAILED after printing a diagnostic.
 */
int privileges_drop(bool symbols, bool command, bool files);

/* Does this process have a capability, one of <linux/capability.h>, in effect? */
bool privileges_have(unsigned int capability);

/*
 * Is the kernel in lockdown mode `confidentiality`? Then it refuses kprobes and BPF programs that
 * read kernel memory.
 */
bool privileges_locked_down(void);

#endif /* LATCHKIT_USER_HOST_PRIVILEGES_H */
