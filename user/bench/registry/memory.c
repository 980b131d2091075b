// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* memory.c - see bench/registry/memory.h. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/registry/memory.h"
#include "bench/registry/subject.h"

double bench_resident_bytes(void)
{
	unsigned long all, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu %lu", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

int bench_in_child(void (*fn)(void *found, size_t count, const void *arg), void *found, size_t size,
		   size_t count, const void *arg)
{
	void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 1;
	pid_t pid;

	if (shared == MAP_FAILED)
		return -ENOMEM;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		fn(shared, count, arg);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	memcpy(found, shared, size);
	munmap(shared, size);
	return status ? -EIO : 0;
}

/* Tables grow in another thread: wait until nothing has grown for a while. */
static double settled_bytes(void)
{
	double bytes = bench_resident_bytes(), before;
	int still = 0;

	for (int i = 0; still < 5 && i < 100; i++) {
		before = bytes;
		usleep(20000);
		bytes = bench_resident_bytes();
		still = bytes > before ? 0 : still + 1;
	}
	return bytes;
}

static void create(void *found, size_t objects, const void *arg)
{
	const struct bench_registry_ops *ops = arg;
	double before = bench_resident_bytes();

	if (ops->create(objects))
		*(double *)found = (settled_bytes() - before) / (double)objects;
}

double bench_registry_bytes(const struct bench_subject *subject, size_t objects)
{
	const struct bench_registry_ops *ops = subject->ops;
	double bytes = 0;

	/* What is copied out of the kernel is in its memory, not ours. */
	if (!ops->in_kernel)
		bench_in_child(create, &bytes, sizeof(bytes), objects, ops);
	return bytes;
}
