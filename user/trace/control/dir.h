/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dir.h - where the sockets of running traces are: PID.sock in a directory latchkit-UID of
 * mode 0700 that belongs to the user of the trace, in the first of these that there is:
 * $XDG_RUNTIME_DIR, /run/user/UID (both only if they belong to that user), /run (root's), /tmp.
 * Everything goes through descriptors of directories that have been looked at, never again by name.
 */
#ifndef LATCHKIT_USER_TRACE_CONTROL_DIR_H
#define LATCHKIT_USER_TRACE_CONTROL_DIR_H

#include <sys/types.h>
#include <sys/un.h>

#define CONTROL_DIRS 4

/*
 * Open place i, below CONTROL_DIRS, of a user; path, of 256 bytes: its name. Returns a descriptor,
 * or -1 and errno: ENOENT if there is none, EPERM if it is not fit to be trusted.
 */
int control_dir_open(unsigned int i, uid_t uid, char *path);
/*
 * Open the directory for this process's own socket, made if need be; path: as above. Returns a
 * descriptor, or -1: prints a diagnostic.
 */
int control_dir_make(char *path);
/* The address of a name in such a directory, however long the directory's path is. */
void control_address(int dir, const char *name, struct sockaddr_un *address);
/*
 * Connect to a socket in such a directory. Returns a descriptor that waits for at most 10 s, or a
 * negative errno: ECONNREFUSED if nobody listens there any more.
 */
int control_connect(int dir, const char *name);

#endif /* LATCHKIT_USER_TRACE_CONTROL_DIR_H */
