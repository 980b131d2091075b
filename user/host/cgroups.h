/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cgroups.h - the paths of cgroups (version 2), by the ids that BPF programs note: a registry
 * (latchkit/registry.h), as a cgroup may be gone when somebody asks. It takes in those that are
 * there, and then is told who comes and goes; one that is gone is forgotten after CGROUPS_KEPT_S.
 * To be used by one thread, which is registered with liburcu's memb flavour.
 */
#ifndef LATCHKIT_USER_HOST_CGROUPS_H
#define LATCHKIT_USER_HOST_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>

#define CGROUPS_KEPT_S 20

struct cgroups;

/* Where the hierarchy is mounted. Returns false: nowhere. */
bool cgroups_mount(char *path, size_t size);

/* All that are there; none if the hierarchy is not mounted. Returns NULL: no memory. */
struct cgroups *cgroups__new(void);
/* May be NULL. */
void cgroups__free(struct cgroups *c);

void cgroups_made(struct cgroups *c, unsigned long long id, const char *path);
void cgroups_gone(struct cgroups *c, unsigned long long id);
/* Forget some of those that are gone. Never waits. */
void cgroups_serve(struct cgroups *c);

/*
 * The path below the hierarchy's root, which is "/", into `path`, shortened if it must be. Returns
 * false: it is not known.
 */
bool cgroups_path(struct cgroups *c, unsigned long long id, char *path, size_t size);

#endif /* LATCHKIT_USER_HOST_CGROUPS_H */
