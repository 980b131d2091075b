// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* textfile.c - see trace/publish/textfile.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/publish/textfile.h"

bool textfile_is_read(const char *path)
{
	size_t length = strlen(path), suffix = strlen(TEXTFILE_SUFFIX);

	return length > suffix && path[length - suffix - 1] != '/' &&
	       strcmp(path + length - suffix, TEXTFILE_SUFFIX) == 0;
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
	return fsync(fd) ? errno : 0;
}

/* What was left there by one of the same pid, which died, is in nobody's use. */
static int write_aside(const char *aside, const char *text, size_t length)
{
	int fd, err;

	unlink(aside);
	fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	err = write_all(fd, text, length);
	if (close(fd) && !err)
		err = errno;
	return err;
}

int textfile_write(const char *path, const char *text, size_t length)
{
	char *aside;
	int err;

	if (asprintf(&aside, "%s.%d", path, getpid()) < 0)
		return ENOMEM;
	err = write_aside(aside, text, length);
	if (!err && rename(aside, path))
		err = errno;
	if (err)
		unlink(aside);
	free(aside);
	return err;
}
