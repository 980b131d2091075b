// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* memory.c - see host/memory.h */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "host/memory.h"

#define CGROUPS "/sys/fs/cgroup"

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

/* The path of this process's cgroup of the unified hierarchy, below its root. */
static bool own_cgroup(char *path, size_t size)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		found = strncmp(line, "0::/", 4) == 0;
		line[strcspn(line, "\n")] = '\0';
		if (found)
			snprintf(path, size, "%s", line + 3);
	}
	if (f)
		fclose(f);
	return found;
}

/* What the limit of one cgroup leaves; SIZE_MAX: it has none. */
static size_t left_in(const char *cgroup)
{
	char file[PATH_MAX + 64];
	size_t most, used;

	snprintf(file, sizeof(file), CGROUPS "%s/memory.max", cgroup);
	if (!find_number(file, "", &most))
		return SIZE_MAX;
	snprintf(file, sizeof(file), CGROUPS "%s/memory.current", cgroup);
	if (!find_number(file, "", &used))
		return SIZE_MAX;
	return most > used ? most - used : 0;
}

size_t memory_available(void)
{
	char cgroup[PATH_MAX];
	size_t kib, least = SIZE_MAX;

	if (find_number("/proc/meminfo", "MemAvailable:", &kib))
		least = kib * 1024;
	for (char *end = own_cgroup(cgroup, sizeof(cgroup)) ? cgroup : NULL; end && cgroup[0];) {
		size_t left = left_in(cgroup);

		least = left < least ? left : least;
		end = strrchr(cgroup, '/');
		if (end)
			*end = '\0';
	}
	return least;
}
