// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* whole_file.c - see cli/whole_file.h */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/output_end.h"
#include "cli/whole_file.h"

static int explain(const struct whole_file *f, int err)
{
	return fail("%s: cannot write: %s", f->path, strerror(err));
}

int whole_file_open(struct whole_file *f, const char *path)
{
	*f = (struct whole_file){.path = path, .fd = -1};
	if (!path) {
		f->stream = stdout;
		return 0;
	}
	f->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	f->is_new = f->fd >= 0;
	if (!f->is_new && errno == EEXIST)
		f->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (f->fd < 0)
		return explain(f, errno);
	f->stream = open_memstream(&f->text, &f->size);
	return f->stream ? 0 : whole_file_close(f, explain(f, errno));
}

/* Returns 0 or an errno. What cannot be cut, such as a pipe, is written as it is. */
static int write_all(const struct whole_file *f)
{
	size_t done = 0;

	if (ftruncate(f->fd, 0) && errno != EINVAL)
		return errno;
	while (done < f->size) {
		ssize_t n = write(f->fd, f->text + done, f->size - done);

		if (n < 0 && errno != EINTR)
			return errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Nothing rather than half of it. */
static void discard(const struct whole_file *f, bool touched)
{
	if (f->is_new)
		unlink(f->path);
	else if (touched && ftruncate(f->fd, 0) && errno != EINVAL)
		note("%s: holds a part of the output only", f->path);
}

int whole_file_close(struct whole_file *f, int code)
{
	int err = 0;

	if (!f->path)
		return code ? code : output_end(stdout, NULL);
	if (!code)
		code = output_end(f->stream, f->path);
	if (f->stream && fclose(f->stream) && !code)
		code = explain(f, ENOMEM);
	if (!code)
		err = write_all(f);
	if (code || err)
		discard(f, err != 0);
	if (f->fd >= 0 && close(f->fd) && !err)
		err = errno;
	free(f->text);
	return code ? code : err ? explain(f, err) : 0;
}
