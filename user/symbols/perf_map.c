// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* perf_map.c - see symbols/perf_map.h */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "symbols/grow.h"
#include "symbols/perf_map.h"

#define CHUNK_BYTES 65536
/* How many entries before an address are looked at for the latest that holds it. */
#define OVERLAPS_MAX 64

struct entry {
	uint64_t start, size;
	uint32_t name; /* place in the arena */
	uint32_t line; /* the later one is right */
};

struct perf_map {
	int fd;
	dev_t device;
	ino_t inode;
	off_t taken; /* bytes of the file, whole lines */
	struct entry *entry; /* by start, then by line */
	size_t count, room;
	char *names;
	size_t name_bytes, name_room;
};

static int open_file(pid_t pid, pid_t inner)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	char path[64];
	int root, fd;

	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	snprintf(path, sizeof(path), "tmp/perf-%d.map", inner);
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	close(root);
	return fd;
}

/* Anybody may write to /tmp: others must not name a process's functions. */
static bool is_its_own(int fd, pid_t pid, struct stat *st)
{
	struct stat process;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", pid);
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode) && stat(path, &process) == 0 &&
	       (st->st_uid == 0 || st->st_uid == process.st_uid);
}

struct perf_map *perf_map__open(pid_t pid, pid_t inner)
{
	int fd = pid > 0 && inner > 0 ? open_file(pid, inner) : -1;
	struct perf_map *map = fd >= 0 ? calloc(1, sizeof(*map)) : NULL;
	struct stat st;

	if (map && is_its_own(fd, pid, &st)) {
		map->fd = fd;
		map->device = st.st_dev;
		map->inode = st.st_ino;
		perf_map_refresh(map);
		return map;
	}
	free(map);
	if (fd >= 0)
		close(fd);
	return NULL;
}

void perf_map__free(struct perf_map *map)
{
	if (!map)
		return;
	close(map->fd);
	free(map->entry);
	free(map->names);
	free(map);
}

bool perf_map_is_current(const struct perf_map *map, pid_t pid, pid_t inner)
{
	int fd = open_file(pid, inner);
	struct stat st;
	bool current;

	if (fd < 0)
		return true;
	current = fstat(fd, &st) != 0 ||
		  (st.st_dev == map->device && st.st_ino == map->inode && st.st_size >= map->taken);
	close(fd);
	return current;
}

static void entry_add(struct perf_map *map, uint64_t start, uint64_t size, const char *name)
{
	struct entry *entry = grow(map->entry, &map->room, map->count + 1, sizeof(*entry));
	size_t bytes = strlen(name) + 1;
	char *names;

	if (!entry)
		return;
	map->entry = entry;
	names = grow(map->names, &map->name_room, map->name_bytes + bytes, 1);
	if (!names)
		return;
	map->names = names;
	memcpy(names + map->name_bytes, name, bytes);
	entry[map->count] =
		(struct entry){start, size, (uint32_t)map->name_bytes, (uint32_t)map->count};
	map->name_bytes += bytes;
	map->count++;
}

static void line_add(struct perf_map *map, char *line)
{
	char *at = line, *name;
	uint64_t start = strtoull(line, &at, 16), size;

	if (at == line || *at != ' ')
		return;
	size = strtoull(at, &name, 16);
	if (name != at && *name == ' ' && name[1] && size)
		entry_add(map, start, size, name + 1);
}

static int by_start(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Take in the whole lines of a chunk. Returns how many bytes they are. */
static size_t lines_add(struct perf_map *map, char *text, size_t bytes)
{
	size_t taken = 0;

	for (;;) {
		char *line = text + taken, *end = memchr(line, '\n', bytes - taken);

		if (!end)
			return taken;
		*end = '\0';
		if (end - line < PERF_MAP_LINE_MAX)
			line_add(map, line);
		taken = (size_t)(end + 1 - text);
	}
}

void perf_map_refresh(struct perf_map *map)
{
	size_t before = map->count;
	char *text = malloc(CHUNK_BYTES);
	ssize_t n;

	while (text && map->taken < PERF_MAP_BYTES_MAX &&
	       (n = pread(map->fd, text, CHUNK_BYTES, map->taken)) > 0) {
		size_t taken = lines_add(map, text, (size_t)n);

		if (!taken && n == CHUNK_BYTES)
			taken = CHUNK_BYTES; /* no line is that long */
		if (!taken)
			break;
		map->taken += (off_t)taken;
	}
	free(text);
	if (map->count > before)
		qsort(map->entry, map->count, sizeof(*map->entry), by_start);
}

const char *perf_map_name(const struct perf_map *map, uint64_t address)
{
	const struct entry *found = NULL;
	size_t low = 0, high = map->count, first;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->entry[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	first = low > OVERLAPS_MAX ? low - OVERLAPS_MAX : 0;
	for (size_t i = low; i-- > first;) {
		const struct entry *e = &map->entry[i];

		if (address - e->start < e->size && (!found || e->line > found->line))
			found = e;
	}
	return found ? map->names + found->name : NULL;
}
