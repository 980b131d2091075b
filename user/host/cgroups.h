/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cgroups.h - the paths of cgroups (version 2) by their ids: a registry (latchkit/registry.h) that
 * starts with the cgroups that exist and is updated by cgroups_made() and cgroups_gone(). A removed
 * cgroup can be looked up for CGROUPS_KEPT_S more seconds. For one thread, which is registered with
 * liburcu's memb flavour.
 */
#ifndef LATCHKIT_USER_HOST_CGROUPS_H
#define LATCHKIT_USER_HOST_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>

#define CGROUPS_KEPT_S 20

struct cgroups;

/* Write the hierarchy's mount point to `path`. Returns false without one or when it is too long. */
bool cgroups_mount(char *path, size_t size);

/* Create the registry and add all existing cgroups. Returns NULL and errno. */
struct cgroups *cgroups__new(void);
/* May be NULL. */
void cgroups__free(struct cgroups *c);

/* A cgroup was created or removed. Without memory it stays unknown. */
void cgroups_made(struct cgroups *c, unsigned long long id, const char *path);
void cgroups_gone(struct cgroups *c, unsigned long long id);
/* Reclaim some of the cgroups that were removed long enough ago. Never waits. */
void cgroups_serve(struct cgroups *c);

/*
 * Write the path below the hierarchy's root, which is "/", to `path`, truncated to `size`. Returns
 * false when the id is not known.
 */
bool cgroups_path(struct cgroups *c, unsigned long long id, char *path, size_t size);

#endif /* LATCHKIT_USER_HOST_CGROUPS_H */
