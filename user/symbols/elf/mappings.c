// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* mappings.c - see symbols/elf/mappings.h */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "symbols/elf/mappings.h"

#define DELETED " (deleted)"

/* A line: START-END PERMISSIONS OFFSET MAJOR:MINOR INODE PATH. Returns false: not of a file. */
static bool parse_line(char *line, struct mapping *m)
{
	char permissions[5];
	unsigned int major_number, minor_number;
	int path = 0;
	size_t length;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %lu %n", &m->start, &m->end,
		   permissions, &m->offset, &major_number, &minor_number, &m->inode, &path) < 7 ||
	    line[path] != '/')
		return false;
	length = strcspn(line, "\n");
	m->deleted = length > sizeof(DELETED) - 1 && strncmp(line + length - (sizeof(DELETED) - 1),
							     DELETED, sizeof(DELETED) - 1) == 0;
	line[m->deleted ? length - (sizeof(DELETED) - 1) : length] = '\0';
	m->path = line + path;
	m->executable = permissions[2] == 'x';
	m->device = makedev(major_number, minor_number);
	return true;
}

/* /proc shows paths from our own root; the process's may be further down. "": it is the same. */
static void root_of(pid_t pid, char *out, size_t size)
{
	char name[32];
	ssize_t length;

	snprintf(name, sizeof(name), "/proc/%d/root", pid);
	length = readlink(name, out, size - 1);
	out[length < 2 ? 0 : length] = '\0';
}

static void strip_root(struct mapping *m, const char *root)
{
	size_t length = strlen(root);

	if (strncmp(m->path, root, length) == 0 && m->path[length] == '/')
		m->path += length;
}

int mappings_for_each(pid_t pid, int (*fn)(const struct mapping *m, void *arg), void *arg)
{
	char name[32], root[PATH_MAX], *line = NULL;
	size_t size = 0;
	struct mapping m;
	int r = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	f = fopen(name, "re");
	if (!f)
		return -errno;
	root_of(pid, root, sizeof(root));
	errno = 0;
	while (!r && getline(&line, &size, f) > 0) {
		if (!parse_line(line, &m))
			continue;
		strip_root(&m, root);
		r = fn(&m, arg);
	}
	if (!r && ferror(f))
		r = errno ? -errno : -EIO;
	free(line);
	fclose(f);
	return r;
}

void mapping_file(pid_t pid, const struct mapping *m, char *out, size_t size)
{
	snprintf(out, size, "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid, m->start, m->end);
}

bool mapping_is_of(pid_t pid, const struct mapping *m, const struct stat *file)
{
	struct stat mapped;
	char path[64];

	if (m->inode == file->st_ino && m->device == file->st_dev)
		return true;
	mapping_file(pid, m, path, sizeof(path));
	return stat(path, &mapped) == 0 && mapped.st_dev == file->st_dev &&
	       mapped.st_ino == file->st_ino;
}
