// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* memory.c - see host/memory.h */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "host/memory.h"

/* The number that follows `name` at the beginning of a line of a file. */
static bool find_number(const char *path, const char *name, size_t *value)
{
	char line[256];
	FILE *f = fopen(path, "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strncmp(line, name, strlen(name)) == 0 &&
			sscanf(line + strlen(name), "%zu", value) == 1;
	if (f)
		fclose(f);
	return found;
}

/* A hierarchy of cgroups that can limit memory, and its names for things. */
struct hierarchy {
	const char *controller; /* "": the unified one */
	const char *mount, *limit, *used;
	const char *cache[2]; /* in memory.stat: files that can be read again */
};

static const struct hierarchy hierarchies[] = {
	{
		.controller = "",
		.mount = "/sys/fs/cgroup",
		.limit = "memory.max",
		.used = "memory.current",
		.cache = {"inactive_file ", "active_file "},
	},
	{
		.controller = "memory",
		.mount = "/sys/fs/cgroup/memory",
		.limit = "memory.limit_in_bytes",
		.used = "memory.usage_in_bytes",
		.cache = {"total_inactive_file ", "total_active_file "},
	},
};

/*
 * Is a line of /proc/self/cgroup, "NUMBER:CONTROLLER,...:PATH", of that hierarchy? Returns the
 * path, or NULL. The line is cut into pieces.
 */
static const char *path_in(char *line, const struct hierarchy *h)
{
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(controllers + 1, ':') : NULL, *rest;

	if (!path)
		return NULL;
	*path++ = '\0';
	path[strcspn(path, "\n")] = '\0';
	rest = controllers + 1;
	do {
		if (strcmp(strsep(&rest, ","), h->controller) == 0)
			return path;
	} while (rest);
	return NULL;
}

/* The path of this process's cgroup, below the root of the hierarchy. */
static bool own_cgroup(const struct hierarchy *h, char *to, size_t size)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	const char *path = NULL;
	char line[PATH_MAX];

	while (f && !path && fgets(line, sizeof(line), f))
		path = path_in(line, h);
	if (f)
		fclose(f);
	if (path)
		snprintf(to, size, "%s", path);
	return path;
}

static bool find_in(const struct hierarchy *h, const char *cgroup, const char *file,
		    const char *name, size_t *value)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s%s/%s", h->mount, cgroup, file);
	return find_number(path, name, value);
}

/* What the limit of one cgroup leaves; SIZE_MAX: it has none. */
static size_t left_in(const struct hierarchy *h, const char *cgroup)
{
	size_t most, used, cache;

	if (!find_in(h, cgroup, h->limit, "", &most) || !find_in(h, cgroup, h->used, "", &used))
		return SIZE_MAX;
	for (int i = 0; i < 2; i++)
		if (find_in(h, cgroup, "memory.stat", h->cache[i], &cache))
			used -= cache < used ? cache : used;
	return most > used ? most - used : 0;
}

/* The least that is left in this process's cgroup and those above, up to what is mounted here. */
static size_t left(const struct hierarchy *h)
{
	char cgroup[PATH_MAX], *end;
	size_t least = SIZE_MAX, now;

	if (!own_cgroup(h, cgroup, sizeof(cgroup)))
		return SIZE_MAX;
	do {
		now = left_in(h, cgroup);
		least = now < least ? now : least;
		end = strrchr(cgroup, '/');
		if (end)
			*end = '\0';
	} while (end);
	return least;
}

size_t memory_available(void)
{
	size_t kib, least = SIZE_MAX;

	if (find_number("/proc/meminfo", "MemAvailable:", &kib))
		least = kib * 1024;
	for (size_t i = 0; i < sizeof(hierarchies) / sizeof(hierarchies[0]); i++) {
		size_t now = left(&hierarchies[i]);

		least = now < least ? now : least;
	}
	return least;
}
