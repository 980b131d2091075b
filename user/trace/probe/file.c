// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* file.c - see trace/probe/file.h */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "symbols/dwarf/debug.h"
#include "symbols/elf/binary.h"
#include "symbols/elf/mappings.h"
#include "trace/probe/file.h"

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Keep an open file of that path in the list. Returns 0 or a negative errno: fd is closed. */
static int keep(struct probe_file **list, int fd, const char *path, pid_t pid,
		struct probe_file **file)
{
	struct probe_file *f = calloc(1, sizeof(*f));
	int err = f ? 0 : -ENOMEM;

	if (!err && fstat(fd, &f->as_read))
		err = -errno;
	if (!err && !(f->debug = calloc(1, sizeof(*f->debug))))
		err = -ENOMEM;
	if (!err && !(f->path = strdup(path)))
		err = -ENOMEM;
	if (err) {
		free(f ? f->debug : NULL);
		free(f);
		close(fd);
		return err;
	}
	f->fd = fd;
	f->pid = pid;
	snprintf(f->by_fd, sizeof(f->by_fd), "/proc/self/fd/%d", fd);
	f->next = *list;
	*list = *file = f;
	return 0;
}

/* What a process has mapped: is it the file, or one of that name? */
struct look {
	pid_t pid;
	const char *name; /* without a slash: the last part of a path, with or without a version */
	const char *path; /* or a whole path */
	const struct stat *st; /* or this very file; NULL: any of that name or path */
	int fd; /* what was found, opened; -1: nothing */
	bool found, deleted;
	char found_path[PATH_MAX];
};

/* Is "libc", or "libc.so", the file libc.so.6? Not libcrypt.so. */
static bool is_named(const char *path, const char *name)
{
	const char *last = strrchr(path, '/') + 1;
	size_t length = strlen(name);

	if (strncmp(last, name, length))
		return false;
	last += length;
	if (strncmp(last, ".so", 3) == 0 && (!last[3] || last[3] == '.'))
		return true;
	return !*last || (last[0] == '.' && last[1] >= '0' && last[1] <= '9');
}

static int look_at(const struct mapping *m, void *arg)
{
	struct look *l = arg;
	char file[64];

	if (l->st)
		return l->found = mapping_is_of(l->pid, m, l->st);
	if (l->name ? !is_named(m->path, l->name) : strcmp(m->path, l->path) != 0)
		return 0;
	mapping_file(l->pid, m, file, sizeof(file));
	l->fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (l->fd < 0 && !m->deleted)
		l->fd = binary_open(l->pid, m->path);
	snprintf(l->found_path, sizeof(l->found_path), "%s", m->path);
	l->deleted = m->deleted;
	return l->found = true;
}

/* Say when a process has not mapped the file it was told by `path`. Returns what it has, or fd. */
static int prefer_mapped(pid_t pid, const char *path, int fd, bool *replaced)
{
	struct look same = {.pid = pid, .fd = -1}, other = {.pid = pid, .fd = -1};
	char absolute[PATH_MAX];
	struct stat st;

	if (fstat(fd, &st))
		return fd;
	same.st = &st;
	if (mappings_for_each(pid, look_at, &same) < 0 || same.found)
		return fd;
	other.path = path[0] != '/' && realpath(path, absolute) ? absolute : path;
	mappings_for_each(pid, look_at, &other);
	if (!other.found) {
		note("%s: process %d has not mapped it: nothing is counted until it does", path,
		     pid);
		return fd;
	}
	note("%s: process %d has mapped another file than this one, which came in its place%s",
	     path, pid, other.fd < 0 ? ": nothing is counted" : "; tracing the one it has mapped");
	*replaced = true;
	if (other.fd < 0)
		return fd;
	close(fd);
	return other.fd;
}

/*
 * Open what a process has mapped by that name, or what is below its root. Sets *replaced when the
 * name leads to another file, and says so.
 */
static int open_for(pid_t pid, const char *name, char *path, size_t size, bool *replaced)
{
	struct look mapped = {.pid = pid, .name = name, .fd = -1};
	int err, fd;

	if (!strchr(name, '/'))
		mappings_for_each(pid, look_at, &mapped);
	if (mapped.fd >= 0) {
		snprintf(path, size, "%s", mapped.found_path);
		*replaced = mapped.deleted;
		if (mapped.deleted)
			note("%s: process %d has mapped a file of this name that was replaced or "
			     "removed since; tracing the one it has mapped",
			     path, pid);
		return mapped.fd;
	}
	err = binary_find(pid, name, path, size);
	fd = err ? err : binary_open(pid, path);
	/* A path of ours, such as one through /proc/PID/root. */
	if (fd == -ENOENT && name[0] == '/') {
		snprintf(path, size, "%s", name);
		fd = binary_open(0, path);
	}
	return fd < 0 ? fd : prefer_mapped(pid, path, fd, replaced);
}

static int open_anywhere(const char *name, char *path, size_t size)
{
	int err = binary_find(0, name, path, size);

	return err ? err : binary_open(0, path);
}

int probe_file_open(struct probe_file **list, const char *name, pid_t pid, struct probe_file **file)
{
	char path[PATH_MAX];
	bool replaced = false;
	int fd, err;

	for (*file = *list; *file; *file = (*file)->next)
		if ((*file)->pid == pid && strcmp((*file)->path, name) == 0)
			return 0;
	fd = pid ? open_for(pid, name, path, sizeof(path), &replaced)
		 : open_anywhere(name, path, sizeof(path));
	if (fd < 0)
		return fd;
	for (*file = *list; *file; *file = (*file)->next)
		if ((*file)->pid == pid && strcmp((*file)->path, path) == 0) {
			close(fd);
			return 0;
		}
	err = keep(list, fd, path, pid, file);
	if (!err)
		(*file)->stale_said = replaced;
	return err;
}

bool probe_file_is_unchanged(const struct probe_file *file)
{
	const struct stat *before = &file->as_read;
	struct stat now;

	return fstat(file->fd, &now) == 0 && now.st_size == before->st_size &&
	       now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/* Does the name lead to the file still? What cannot be seen, such as a process's end, is no no. */
static bool is_named_so(const struct probe_file *f)
{
	int fd = binary_open(f->pid, f->path);
	struct stat now;
	bool same;

	if (fd < 0 && f->pid && kill(f->pid, 0))
		return true;

	if (fd < 0)
		return fd != -ENOENT;
	same = fstat(fd, &now) != 0 || is_same(&now, &f->as_read);
	close(fd);
	return same;
}

void probe_files_check_names(struct probe_file *list)
{
	for (struct probe_file *f = list; f; f = f->next) {
		if (f->stale_said || is_named_so(f))
			continue;
		f->stale_said = true;
		note("%s: was replaced or removed meanwhile: who starts it now runs another file "
		     "than the traced one",
		     f->path);
	}
}

void probe_files_free(struct probe_file *list)
{
	while (list) {
		struct probe_file *next = list->next;

		debug_close(list->debug);
		free(list->debug);
		close(list->fd);
		free(list->path);
		free(list);
		list = next;
	}
}
