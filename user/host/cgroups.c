// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cgroups.c - see host/cgroups.h */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define REGISTRY_RCU memb
#include <latchkit/registry.h>

#include "host/cgroups.h"
#include "host/scarcity.h"

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

/* What nftw(3) walks for: it passes nothing on. */
static struct {
	struct cgroups *cgroups;
	size_t mount_length;
} walk;

/* A cgroup's id is the inode number of its directory. */
static int visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	if (type == FTW_D || type == FTW_DNR)
		cgroups_made(walk.cgroups, st->st_ino, at->level ? path + walk.mount_length : "/");
	return 0;
}

/* Those that others may not list are left out. Returns 0 or an errno. */
static int add_existing(struct cgroups *c, const char *mount)
{
	walk.cgroups = c;
	walk.mount_length = strlen(mount);
	errno = 0;
	return nftw(mount, visit, 16, FTW_PHYS | FTW_MOUNT) && scarcity_is(errno) ? errno : 0;
}

struct cgroups *cgroups__new(void)
{
	const struct registry_config config = {
		.payload_bytes = sizeof(struct cgroup), .keep = keep, .release = release};
	struct cgroups *c = calloc(1, sizeof(*c));
	char mount[PATH_MAX];
	int err;

	if (!c)
		return NULL;
	if (registry_create(&c->registry, &config)) {
		free(c);
		errno = ENOMEM;
		return NULL;
	}
	err = cgroups_mount(mount, sizeof(mount)) ? add_existing(c, mount) : 0;
	if (!err)
		return c;
	cgroups__free(c);
	errno = err;
	return NULL;
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
