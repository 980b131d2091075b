// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* aside_file.c - see cli/aside_file.h */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/aside_file.h"
#include "cli/diag.h"

static int explain(const char *path, int err)
{
	return fail("%s: cannot write: %s", path, strerror(err));
}

/* Where the name leads, free(); NULL and errno. There may be nothing yet. */
static char *find_place(const char *path)
{
	char *place = realpath(path, NULL);

	return place || errno != ENOENT ? place : strdup(path);
}

/* Returns 0 or an errno. */
static int check_directory(const char *place)
{
	const char *slash = strrchr(place, '/');
	char *directory = slash ? strndup(place, (size_t)(slash - place + 1)) : strdup(".");
	int err = 0;

	if (!directory)
		return ENOMEM;
	if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS))
		err = errno;
	free(directory);
	return err;
}

int aside_file_check(const char *path)
{
	char *place = find_place(path);
	struct stat st;
	int err;

	if (!place)
		return explain(path, errno);
	if (stat(place, &st) == 0 && !S_ISREG(st.st_mode)) {
		free(place);
		return fail("%s: is no regular file, which could be replaced; name another", path);
	}
	err = check_directory(place);
	free(place);
	return err ? explain(path, err) : 0;
}

int aside_file_open(struct aside_file *f, const char *path)
{
	*f = (struct aside_file){.path = path};
	f->stream = open_memstream(&f->text, &f->size);
	return f->stream ? 0 : explain(path, errno);
}

/* The mode of the file that is replaced, or that of a new one. */
static mode_t mode_of(const char *place)
{
	struct stat st;
	mode_t mask;

	if (stat(place, &st) == 0)
		return st.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

/* Returns 0 or an errno. */
static int write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno != EINTR)
			return errno;
		text += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Returns 0 or an errno: then there is no such file. `aside` ends in XXXXXX, which is replaced. */
static int write_aside(const struct aside_file *f, const char *place, char *aside)
{
	int fd = mkostemp(aside, O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = fchmod(fd, mode_of(place)) ? errno : write_all(fd, f->text, f->size);
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(aside, place))
		err = errno;
	if (err)
		unlink(aside);
	return err;
}

/* Returns 0 or an errno. */
static int put(const struct aside_file *f)
{
	char *place = find_place(f->path), *aside = NULL;
	int err = place ? 0 : errno;

	if (place && asprintf(&aside, "%s.XXXXXX", place) < 0) {
		aside = NULL;
		err = ENOMEM;
	}
	err = err ? err : write_aside(f, place, aside);
	free(place);
	free(aside);
	return err;
}

int aside_file_close(struct aside_file *f, int code)
{
	bool whole = !fflush(f->stream) && !ferror(f->stream);
	int err = 0;

	/* Memory is all that it can lack. */
	if (fclose(f->stream) || !whole || !f->text)
		err = ENOMEM;
	if (!code && !err)
		err = put(f);
	free(f->text);
	return err ? explain(f->path, err) : code;
}
