// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pressure.c - see host/pressure.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cgroups.h"
#include "host/pressure.h"

#define MACHINE "/proc/pressure/memory"

/* Write this process's cgroup of the unified hierarchy to `path`. Returns false without one. */
static int find_group(char *path, size_t size)
{
	char line[PATH_MAX + 8];
	int found = 0;
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = strncmp(line, "0::", 3) == 0 &&
			(size_t)snprintf(path, size, "%s", line + 3) < size;
	}
	if (f)
		fclose(f);
	return found;
}

/* Arm a trigger on that file. Returns 0 or a negative errno. */
static int arm(struct pressure *p, const char *path, unsigned int stall_us, unsigned int window_us)
{
	char trigger[64];
	int length = snprintf(trigger, sizeof(trigger), "some %u %u", stall_us, window_us), err;

	p->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (p->fd < 0)
		return -errno;
	/* With the zero byte at its end. */
	if (write(p->fd, trigger, (size_t)length + 1) < 0) {
		err = -errno;
		pressure_close(p);
		return err;
	}
	snprintf(p->source, sizeof(p->source), "%s", path);
	return 0;
}

static const char *reason(int err)
{
	switch (-err) {
	case ENOENT:
		return "no such file: the kernel needs CONFIG_PSI and psi=1";
	case EOPNOTSUPP:
		return "PSI is switched off: boot with psi=1";
	case EINVAL:
		return "the kernel refuses these times: without CAP_SYS_RESOURCE the window must "
		       "be a multiple of 2 s";
	default:
		return strerror(-err);
	}
}

int pressure_open(struct pressure *p, unsigned int stall_us, unsigned int window_us, char *why,
		  size_t why_size)
{
	char mount[PATH_MAX / 2] = "", group[PATH_MAX / 2] = "", path[PATH_MAX + 32] = "";
	int err = -ENOENT, machine;

	p->fd = -1;
	if (cgroups_mount(mount, sizeof(mount)) && find_group(group, sizeof(group))) {
		snprintf(path, sizeof(path), "%s%s/memory.pressure", mount,
			 strcmp(group, "/") ? group : "");
		err = arm(p, path, stall_us, window_us);
	}
	if (err == 0)
		return 0;
	machine = arm(p, MACHINE, stall_us, window_us);
	if (machine == 0)
		return 0;
	if (path[0])
		snprintf(why, why_size, "%.80s: %s; " MACHINE ": %s", path, reason(err),
			 reason(machine));
	else
		snprintf(why, why_size,
			 "cgroup v2: not mounted, or this process is in none; " MACHINE ": %s",
			 reason(machine));
	return machine;
}

void pressure_close(struct pressure *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

int pressure_wait(const struct pressure *p, int timeout_ms)
{
	struct pollfd f = {.fd = p->fd, .events = POLLPRI};
	int n = poll(&f, 1, timeout_ms);

	if (n < 0)
		return -errno;
	if (f.revents & (POLLERR | POLLNVAL))
		return -ENODEV;
	return n > 0 && f.revents & POLLPRI;
}
