// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tracepoints.c - see symbols/tracepoints.h */
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "symbols/tracepoints.h"
#include "symbols/types.h"

typedef int tracepoint_fn(const char *category, const char *name, void *arg);

const char *tracefs_path(void)
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char events[64];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(events, sizeof(events), "%s/events", places[i]);
		if (access(events, R_OK | X_OK) == 0)
			return places[i];
	}
	return NULL;
}

/* The names of the directories in `path`. */
static int directories_for_each(const char *path, const char *category, tracepoint_fn *fn,
				void *arg)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (!r && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			r = fn(category, entry->d_name, arg);
	closedir(dir);
	return r;
}

struct categories {
	const char *events;
	tracepoint_fn *fn;
	void *arg;
};

static int in_category(const char *none, const char *category, void *arg)
{
	struct categories *c = arg;
	char path[512];

	(void)none;
	snprintf(path, sizeof(path), "%s/%s", c->events, category);
	return directories_for_each(path, category, c->fn, c->arg);
}

static int from_tracefs(const char *tracefs, tracepoint_fn *fn, void *arg)
{
	char events[64];
	struct categories c = {events, fn, arg};

	snprintf(events, sizeof(events), "%s/events", tracefs);
	return directories_for_each(events, NULL, in_category, &c);
}

/* Every tracepoint has a type btf_trace_NAME. */
static int from_btf(tracepoint_fn *fn, void *arg)
{
	static const char prefix[] = "btf_trace_";
	struct btf *btf = kernel_types_load();
	int r = 0;

	if (!btf)
		return -errno;
	for (__u32 id = 1; !r && id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, t->name_off);

		if (btf_is_typedef(t) && strncmp(name, prefix, sizeof(prefix) - 1) == 0)
			r = fn(NULL, name + sizeof(prefix) - 1, arg);
	}
	btf__free(btf);
	return r;
}

/*
 * Mount tracefs where nobody sees it: nothing refers to the mount but the descriptor that this
 * returns. -1 when that cannot be: no CAP_SYS_ADMIN, no tracefs, Linux before 5.2.
 */
static int mount_unseen(void)
{
	int context = (int)syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC), fd = -1;

	if (context < 0)
		return -1;
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	close(context);
	return fd;
}

int tracefs_open(const char *path)
{
	const char *tracefs = tracefs_path();
	int top = tracefs ? open(tracefs, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : mount_unseen();
	int fd = top < 0 ? -ENOENT : openat(top, path, O_RDONLY | O_CLOEXEC);

	if (top >= 0 && fd < 0)
		fd = -errno;
	if (top >= 0)
		close(top);
	return fd;
}

int tracepoints_for_each(tracepoint_fn *fn, void *arg)
{
	const char *tracefs = tracefs_path();
	int fd = tracefs ? -1 : mount_unseen(), r;
	char unseen[32];

	snprintf(unseen, sizeof(unseen), "/proc/self/fd/%d", fd);
	if (fd >= 0)
		tracefs = unseen;
	r = tracefs ? from_tracefs(tracefs, fn, arg) : from_btf(fn, arg);
	if (fd >= 0)
		close(fd);
	return r;
}
