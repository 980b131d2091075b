// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cgroups.c - see host/cgroups.h */
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define REGISTRY_RCU memb
#include <latchkit/registry.h>

#include "host/cgroups.h"

/* Cgroups that one call of cgroups_serve() visits. */
#define VISITED_AT_ONCE 256

struct cgroup {
	char *path;
	bool gone;
};

struct cgroups {
	struct registry *registry;
};

bool cgroups_mount(char *path, size_t size)
{
	char *line = NULL;
	size_t room = 0;
	bool found = false;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	while (f && !found && getline(&line, &room, f) > 0) {
		char point[PATH_MAX];

		if (!strstr(line, " - cgroup2 ") ||
		    sscanf(line, "%*s %*s %*s %*s %4095s", point) != 1)
			continue;
		found = (size_t)snprintf(path, size, "%s", point) < size;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

static void release(struct registry_object *o, void *arg)
{
	(void)arg;
	free(((struct cgroup *)registry_payload(o))->path);
}

/* Cgroups that exist are never reclaimed. */
static bool keep(const struct registry_object *o, void *arg)
{
	(void)arg;
	return !((struct cgroup *)registry_payload((struct registry_object *)o))->gone;
}

void cgroups_made(struct cgroups *c, unsigned long long id, const char *path)
{
	struct registry_object *o = registry_new(c->registry, id);
	struct cgroup *group = o ? registry_payload(o) : NULL;

	if (!o)
		return;
	*group = (struct cgroup){.path = strdup(path)};
	/* No memory for its path; or cgroups__new() found it before its event came. */
	if (!group->path || registry_insert(c->registry, o))
		registry_put(c->registry, o);
}

void cgroups_gone(struct cgroups *c, unsigned long long id)
{
	struct registry_object *o = registry_lookup(c->registry, id);

	if (!o)
		return;
	((struct cgroup *)registry_payload(o))->gone = true;
	registry_touch(c->registry, o); /* its age counts from now */
	registry_put(c->registry, o);
}

/* A cgroup's id is the inode number of its directory. */
static void add_existing(struct cgroups *c, char *mount)
{
	char *const roots[] = {mount, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	size_t length = strlen(mount);
	FTSENT *e;

	while (walk && (e = fts_read(walk)))
		if (e->fts_info == FTS_D)
			cgroups_made(c, e->fts_statp->st_ino,
				     e->fts_level ? e->fts_path + length : "/");
	if (walk)
		fts_close(walk);
}

struct cgroups *cgroups__new(void)
{
	const struct registry_config config = {
		.payload_bytes = sizeof(struct cgroup), .keep = keep, .release = release};
	struct cgroups *c = calloc(1, sizeof(*c));
	char mount[PATH_MAX];

	if (!c)
		return NULL;
	if (registry_create(&c->registry, &config)) {
		free(c);
		return NULL;
	}
	if (cgroups_mount(mount, sizeof(mount)))
		add_existing(c, mount);
	return c;
}

void cgroups__free(struct cgroups *c)
{
	if (!c)
		return;
	registry_destroy(c->registry, REGISTRY_WAIT);
	free(c);
}

void cgroups_serve(struct cgroups *c)
{
	registry_shrink(c->registry, CGROUPS_KEPT_S * 1000000000ULL, VISITED_AT_ONCE);
}

bool cgroups_path(struct cgroups *c, unsigned long long id, char *path, size_t size)
{
	struct registry_object *o = registry_lookup(c->registry, id);

	if (!o)
		return false;
	snprintf(path, size, "%s", ((const struct cgroup *)registry_payload(o))->path);
	registry_put(c->registry, o);
	return true;
}
