// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* files.c - see trace/recipe/files.h */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/included_text.h"
#include "trace/recipe/files.h"

INCLUDED_TEXT(recipes_of_program, "user/trace/recipe/recipes.txt");

/* More than anybody will write. */
#define LARGEST (1 << 20)

/* Why a file is not to be trusted; NULL: it is. */
static const char *distrust(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is no regular file";
	if (st->st_uid && st->st_uid != geteuid())
		return "belongs to somebody else; it must be yours or root's";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "others may write it; chmod go-w";
	if (st->st_size > LARGEST)
		return "is larger than 1 MiB";
	return NULL;
}

/* All of a file, ended by a NUL, to free(). Returns NULL after printing why. */
static char *read_text(const char *path, int fd, size_t size)
{
	char *text = malloc(size + 1);
	size_t done = 0;
	ssize_t n = 1;

	if (!text) {
		fail("%s: out of memory", path);
		return NULL;
	}
	while (done < size && n > 0) {
		n = read(fd, text + done, size - done);
		done += n > 0 ? (size_t)n : 0;
	}
	text[done] = '\0';
	if (n >= 0 && strlen(text) == done)
		return text;
	fail("%s: %s", path, n < 0 ? strerror(errno) : "holds a NUL: it is no text");
	free(text);
	return NULL;
}

static int read_file(struct recipes *all, const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), r = EXIT_FAILED;
	const char *wrong;
	struct stat st;
	char *text;

	if (fd < 0 || fstat(fd, &st)) {
		r = fail("%s: cannot read: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return r;
	}
	wrong = distrust(&st);
	text = wrong ? NULL : read_text(path, fd, (size_t)st.st_size);
	close(fd);
	if (wrong)
		return fail("%s: %s", path, wrong);
	if (text)
		r = recipes_parse(all, path, text);
	free(text);
	return r;
}

static int is_wanted(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && entry->d_name[length - 1] != '~';
}

/* By bytes, whatever the language. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_directory(struct recipes *all, const char *directory)
{
	struct dirent **entry;
	char path[PATH_MAX];
	int n = scandir(directory, &entry, is_wanted, by_name), r = 0;

	if (n < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES
			       ? 0
			       : fail("%s: cannot read: %s", directory, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (!r && snprintf(path, sizeof(path), "%s/%s", directory, entry[i]->d_name) <
				  (int)sizeof(path))
			r = read_file(all, path);
		free(entry[i]);
	}
	free(entry);
	return r;
}

/* Those of the user, to `path` of PATH_MAX bytes. Returns false: there is no such place. */
static bool find_own(char *path)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n = -1;

	if (config && *config == '/')
		n = snprintf(path, PATH_MAX, "%s/latchkit/recipes.d", config);
	else if (home && *home == '/')
		n = snprintf(path, PATH_MAX, "%s/.config/latchkit/recipes.d", home);
	return n > 0 && n < PATH_MAX;
}

int recipes_read(struct recipes *all)
{
	char own[PATH_MAX];
	int r;

	*all = (struct recipes){0};
	r = recipes_parse(all, "latchkit's own recipes.txt", recipes_of_program);
	r = r ? r : read_directory(all, "/etc/latchkit/recipes.d");
	return r || !find_own(own) ? r : read_directory(all, own);
}
