// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* dir.c - see trace/control/dir.h */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/control/dir.h"
#include "cli/diag.h"

#define PATH_SIZE 256

/* The directory that place i is in. Returns NULL if this user has none such. */
static const char *place(unsigned int i, uid_t uid, char *buf, size_t size)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");

	switch (i) {
	case 0:
		return uid == geteuid() && xdg && *xdg == '/' ? xdg : NULL;
	case 1:
		snprintf(buf, size, "/run/user/%u", uid);
		return buf;
	case 2:
		return uid ? NULL : "/run";
	default:
		return "/tmp";
	}
}

/*
 * May a directory of this user's be in it? Nobody else may put another one in its place: others
 * cannot write to it, or cannot remove what is not theirs.
 */
static bool place_is_fit(unsigned int i, const struct stat *st, uid_t uid)
{
	if (!S_ISDIR(st->st_mode) || (st->st_uid != uid && (i < 2 || st->st_uid != 0)))
		return false;
	return !(st->st_mode & 022) || (st->st_mode & S_ISVTX);
}

/* Open what the path names now; EPERM unless it is a directory of that user's and nobody else's. */
static int open_own(int parent, const char *name, uid_t uid)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int err = EPERM;
	struct stat st;

	if (fd < 0) {
		errno = errno == ELOOP || errno == ENOTDIR ? EPERM : errno;
		return -1;
	}
	if (fstat(fd, &st))
		err = errno;
	else if (st.st_uid == uid && !(st.st_mode & 077))
		return fd;
	close(fd);
	errno = err;
	return -1;
}

static int open_or_make(unsigned int i, uid_t uid, bool make, char *path)
{
	char buf[64], name[32];
	const char *in = place(i, uid, buf, sizeof(buf));
	int parent, fd = -1;
	struct stat st;

	errno = ENOENT;
	if (!in || snprintf(path, PATH_SIZE, "%s/latchkit-%u", in, uid) >= PATH_SIZE)
		return -1;
	parent = open(in, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return -1;
	snprintf(name, sizeof(name), "latchkit-%u", uid);
	errno = ENOENT;
	if (!fstat(parent, &st) && place_is_fit(i, &st, uid) &&
	    (!make || !mkdirat(parent, name, 0700) || errno == EEXIST))
		fd = open_own(parent, name, uid);
	close(parent);
	return fd;
}

int control_dir_open(unsigned int i, uid_t uid, char *path)
{
	return open_or_make(i, uid, false, path);
}

int control_dir_make(char *path)
{
	for (unsigned int i = 0; i < CONTROL_DIRS; i++) {
		int fd = open_or_make(i, geteuid(), true, path);

		if (fd >= 0)
			return fd;
		if (errno == EPERM)
			break;
	}
	if (errno == EPERM)
		fail("--control: %s: not a directory of mode 0700 that belongs to you; remove it, "
		     "or set XDG_RUNTIME_DIR to a directory of your own",
		     path);
	else
		fail("--control: no directory for the socket (%m); set XDG_RUNTIME_DIR to a "
		     "directory of your own");
	return -1;
}

void control_address(int dir, const char *name, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s", dir, name);
}

int control_connect(int dir, const char *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err;
	const struct timeval patience = {.tv_sec = 10};
	struct sockaddr_un address;

	if (fd < 0)
		return -errno;
	/* For connecting, too: a trace that is stopped accepts nobody. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	control_address(dir, name, &address);
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}
