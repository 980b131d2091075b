// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* output.c - see trace/output.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "trace/output.h"

/* How long a reader may take once the end has been asked for. */
static const struct timespec patience = {1, 0};
/* How often to look whether a FIFO has a reader. */
static const struct timespec look = {0, 50000000};

/*
 * Wait until something can be written. Returns 0, EINTR when nobody reads and the end is asked for,
 * or why it cannot wait.
 */
static int wait_for_reader(const struct output *o)
{
	struct pollfd fd = {.fd = o->fd, .events = POLLOUT};

	for (;;) {
		bool stop = *o->stop;
		int n = ppoll(&fd, 1, stop ? &patience : NULL, &o->mask);

		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return errno;
		if (stop)
			return EINTR;
	}
}

/* Returns how many bytes, or -1 and errno. A pipe that is writable takes PIPE_BUF at least. */
static ssize_t write_piece(const struct output *o, const char *bytes, size_t count)
{
	for (;;) {
		int err = wait_for_reader(o);
		ssize_t n = -1;

		if (err)
			errno = err;
		else
			n = write(o->fd, bytes, count < PIPE_BUF ? count : PIPE_BUF);
		if (n >= 0 || err || (errno != EAGAIN && errno != EINTR))
			return n;
	}
}

static void note_lines(struct output *o, off_t begin, const char *bytes, size_t count)
{
	const char *newline = memrchr(bytes, '\n', count);

	if (newline)
		o->whole = begin + (newline + 1 - bytes);
}

static void give_up(struct output *o, int err)
{
	o->failed = err;
	/* If that fails as well, there is half a line: an error is told anyway. */
	if (o->may_cut && ftruncate(o->fd, o->whole))
		o->may_cut = false;
}

static ssize_t write_some(void *cookie, const char *bytes, size_t count)
{
	struct output *o = cookie;
	size_t done = 0;

	while (!o->failed && done < count) {
		ssize_t n = write_piece(o, bytes + done, count - done);

		if (n < 0) {
			give_up(o, errno);
			break;
		}
		note_lines(o, o->written, bytes + done, (size_t)n);
		o->written += n;
		done += (size_t)n;
	}
	errno = o->failed;
	return o->failed ? 0 : (ssize_t)done;
}

static bool is_fifo(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* A FIFO that nobody reads yet cannot be opened without waiting: ENXIO. */
static int open_file(const struct output *o, const char *path)
{
	int fd = -1;

	for (;;) {
		fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0666);
		if (fd >= 0 || errno != ENXIO)
			break;
		if (!is_fifo(path)) {
			errno = ENXIO;
			break;
		}
		ppoll(NULL, 0, &look, &o->mask);
		if (*o->stop) {
			errno = EINTR;
			break;
		}
	}
	return fd;
}

int output_open(struct output *o, const char *path)
{
	const cookie_io_functions_t functions = {.write = write_some};
	struct stat st;

	o->fd = path ? open_file(o, path) : STDOUT_FILENO;
	if (o->fd < 0)
		return errno;
	o->may_cut = path && fstat(o->fd, &st) == 0 && S_ISREG(st.st_mode);
	o->stream = fopencookie(o, "w", functions);
	if (!o->stream)
		return ENOMEM;
	if (isatty(o->fd))
		setvbuf(o->stream, NULL, _IOLBF, BUFSIZ);
	return 0;
}

int output_begin(const struct output *o)
{
	return o->may_cut && ftruncate(o->fd, 0) ? errno : 0;
}

int output_close(struct output *o)
{
	int err = 0;

	if (o->stream && fclose(o->stream))
		err = errno;
	if (o->fd > STDERR_FILENO && close(o->fd))
		err = err ? err : errno;
	return err;
}
