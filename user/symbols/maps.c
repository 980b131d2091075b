// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* maps.c - see symbols/maps.h */
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "symbols/grow.h"
#include "symbols/maps.h"

static bool path_add(struct maps *m, const char *path, uint32_t *place)
{
	size_t bytes = strlen(path) + 1;
	char *names;

	/* The ranges of one file follow each other. */
	if (m->count && strcmp(m->names + m->mapping[m->count - 1].path, path) == 0) {
		*place = m->mapping[m->count - 1].path;
		return true;
	}
	names = grow(m->names, &m->name_room, m->name_bytes + bytes, 1);
	if (!names)
		return false;
	m->names = names;
	*place = (uint32_t)m->name_bytes;
	memcpy(names + m->name_bytes, path, bytes);
	m->name_bytes += bytes;
	return true;
}

/* A line is "START-END PERMISSIONS OFFSET MAJOR:MINOR INODE PATH". Returns false: no memory. */
static bool line_add(struct maps *m, char *line)
{
	unsigned long long start, end, offset, inode;
	struct mapping *mapping;
	unsigned int major, minor;
	char permissions[5];
	int path = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end, permissions, &offset,
		   &major, &minor, &inode, &path) < 7 ||
	    !path || permissions[2] != 'x' || m->count == MAPS_MAX)
		return true;
	mapping = grow(m->mapping, &m->room, m->count + 1, sizeof(*mapping));
	if (!mapping)
		return false;
	m->mapping = mapping;
	mapping += m->count;
	*mapping = (struct mapping){.start = start,
				    .end = end,
				    .offset = offset,
				    .device = makedev(major, minor),
				    .inode = inode};
	if (!path_add(m, line + path, &mapping->path))
		return false;
	m->count++;
	return true;
}

/* Make room for a range that was mapped later. What it leaves of others on both sides is one. */
static void make_room(struct maps *m, uint64_t start, uint64_t end)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->count; i++) {
		struct mapping *old = &m->mapping[i];

		if (old->start < end && start < old->end) {
			if (start <= old->start && old->end <= end)
				continue;
			if (start <= old->start) {
				old->offset += end - old->start;
				old->start = end;
			} else {
				old->end = start;
			}
		}
		m->mapping[kept++] = *old;
	}
	m->count = kept;
}

static bool record_take(const struct mmap_record *r, const char *path, void *arg)
{
	struct maps *m = arg;
	struct mapping *mapping;

	make_room(m, r->start, r->end);
	if (m->count == MAPS_MAX)
		return false;
	mapping = grow(m->mapping, &m->room, m->count + 1, sizeof(*mapping));
	if (!mapping)
		return false;
	m->mapping = mapping;
	mapping += m->count;
	*mapping = (struct mapping){.start = r->start,
				    .end = r->end,
				    .offset = r->offset,
				    .device = r->device,
				    .inode = r->inode};
	if (!path_add(m, path, &mapping->path))
		return false;
	m->count++;
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static FILE *open_maps(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	return pid > 0 ? fopen(path, "re") : NULL;
}

static bool lines_read(struct maps *m, pid_t pid)
{
	FILE *f = open_maps(pid);
	size_t bytes = 0, room = 0;
	char *line = NULL;
	ssize_t length;
	bool ok = f;

	while (ok && bytes < MAPS_BYTES_MAX && (length = getline(&line, &room, f)) > 0) {
		bytes += (size_t)length;
		ok = line_add(m, line);
	}
	free(line);
	if (f)
		fclose(f);
	return ok && bytes;
}

/* Exactly what is mapped, even if it has been replaced or deleted. Takes CAP_CHECKPOINT_RESTORE. */
static int open_mapped(pid_t pid, const struct mapping *m)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", pid,
		 (unsigned long long)m->start, (unsigned long long)m->end);
	return open(path, O_PATH | O_CLOEXEC);
}

/*
 * What has that path now, below the root directory of the process. With an overlay or subvolumes
 * the numbers in /proc/PID/maps are of other files, so the device is not compared.
 */
static int open_named(pid_t pid, const struct mapping *m, const char *name)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	char path[64];
	struct statfs fs;
	struct stat st;
	int root, fd;

	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	fd = (int)syscall(SYS_openat2, root, name, &how, sizeof(how));
	close(root);
	if (fd < 0 || (fstat(fd, &st) == 0 && st.st_ino == m->inode) ||
	    (fstatfs(fd, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC))
		return fd;
	close(fd);
	return -1;
}

/* A file of this name, in this process's root directory, if it is the one. */
static int open_here(const struct mapping *m, const char *name)
{
	int fd = open(name, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && st.st_ino == m->inode && st.st_dev == m->device))
		return fd;
	close(fd);
	return -1;
}

static struct symfile *file_of(pid_t pid, struct symfiles *files, const struct mapping *m,
			       const char *path)
{
	struct symfile *file = NULL;
	struct stat st;
	int fd = open_mapped(pid, m);

	if (fd < 0 && path[0] == '/')
		fd = open_named(pid, m, path);
	if (fd < 0)
		file = symfiles_find(files, m->device, m->inode);
	if (fd < 0 && !file && path[0] == '/')
		fd = open_here(m, path);
	if (fd >= 0 && fstat(fd, &st) == 0)
		file = symfiles_get(files, fd, &st);
	if (fd >= 0)
		close(fd);
	return file;
}

static bool same_file(const struct mapping *a, const struct mapping *b)
{
	return a->device == b->device && a->inode == b->inode;
}

/* The file of a mapping that `before` knows as well: at the same address it is the same. */
static struct symfile *known_file(const struct maps *before, const struct mapping *m)
{
	const struct mapping *old = before ? maps_find(before, m->start) : NULL;

	return old && old->file && same_file(old, m) ? symfiles_get_again(old->file) : NULL;
}

static void open_files(struct maps *m, pid_t pid, struct symfiles *files, const struct maps *before)
{
	for (size_t i = 0; i < m->count; i++) {
		struct mapping *at = &m->mapping[i];

		if (!at->inode)
			continue;
		at->file = known_file(before, at);
		if (!at->file && i && at[-1].file && same_file(at, at - 1))
			at->file = symfiles_get_again(at[-1].file);
		if (!at->file)
			at->file = file_of(pid, files, at, m->names + at->path);
	}
}

struct maps *maps__read(pid_t pid, struct symfiles *files, const struct maps *before)
{
	struct maps *m = calloc(1, sizeof(*m));

	if (m)
		m->users = 1;
	if (m && lines_read(m, pid)) {
		open_files(m, pid, files, before);
		return m;
	}
	maps__free(m, files);
	return NULL;
}

struct maps *maps__logged(struct mmap_log *log, pid_t pid, uint64_t since_ns, uint64_t time_ns,
			  struct symfiles *files)
{
	struct maps *m = log && pid > 0 ? calloc(1, sizeof(*m)) : NULL;

	if (!m)
		return NULL;
	m->users = 1;
	mmap_log_each(log, pid, since_ns, time_ns, record_take, m);
	if (m->count) {
		qsort(m->mapping, m->count, sizeof(*m->mapping), by_start);
		open_files(m, pid, files, NULL);
		return m;
	}
	maps__free(m, files);
	return NULL;
}

struct maps *maps_share(struct maps *m)
{
	m->users++;
	return m;
}

void maps__free(struct maps *m, struct symfiles *files)
{
	if (!m || --m->users)
		return;
	for (size_t i = 0; i < m->count; i++)
		symfiles_put(files, m->mapping[i].file);
	free(m->mapping);
	free(m->names);
	free(m);
}

const struct mapping *maps_find(const struct maps *m, uint64_t address)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->mapping[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < m->mapping[low - 1].end ? &m->mapping[low - 1] : NULL;
}

bool maps_equal(const struct maps *a, const struct maps *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct mapping *x = &a->mapping[i], *y = &b->mapping[i];

		if (x->start != y->start || x->end != y->end || x->offset != y->offset ||
		    !same_file(x, y))
			return false;
	}
	return true;
}

const char *maps_path(const struct maps *m, const struct mapping *mapping)
{
	return m->names + mapping->path;
}
