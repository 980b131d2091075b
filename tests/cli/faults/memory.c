// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * memory.c - a library to preload: FAULT_AT=N makes the Nth allocation of latchkit fail,
 * FAULT_FROM=N also all after it. FAULT_COUNT=FILE: how many there were, at the end. Other programs
 * have memory. So has libdw: once an allocation for its table of segments has failed, it frees that
 * table twice.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own, under the names by which they can still be reached. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static unsigned long at, from, calls;
static bool counts;

static unsigned long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : 0;
}

static __attribute__((constructor)) void begin(void)
{
	if (strcmp(program_invocation_short_name, "latchkit"))
		return;
	counts = true;
	at = number("FAULT_AT");
	from = number("FAULT_FROM");
}

static __attribute__((destructor)) void end(void)
{
	const char *path = getenv("FAULT_COUNT");
	char text[32];
	int fd = counts && path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;

	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%lu\n", calls);
	if (write(fd, text, strlen(text)) < 0)
		_exit(99);
	close(fd);
}

static bool is_of_libdw(const void *caller)
{
	Dl_info info;

	return dladdr(caller, &info) && info.dli_fname && strstr(info.dli_fname, "/libdw");
}

/* Is this one to fail? */
static bool fails(const void *caller)
{
	unsigned long call = counts ? __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) : 0;

	if (!call || (call != at && (!from || call < from)) || is_of_libdw(caller))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	void *got = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);

	if (!got)
		return ENOMEM;
	*memory = got;
	return 0;
}
