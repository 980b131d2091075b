// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* binary.c - see symbols/elf/binary.h */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "symbols/elf/binary.h"

/* Where distributions keep libraries; a list for glob(3)'s braces, the preferred ones last. */
#define LIBRARIES \
	"/usr/local/lib,/usr/lib,/lib,/usr/lib64,/lib64,/usr/lib/*-linux-gnu*,/lib/*-linux-gnu*"

#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK)

/* Where the process's root is for us: "" for pid 0. */
static void root_of(pid_t pid, char out[32])
{
	out[0] = '\0';
	if (pid)
		snprintf(out, 32, "/proc/%d/root", pid);
}

static int open_plainly(const char *root, const char *path)
{
	char *whole;
	int fd;

	if (asprintf(&whole, "%s%s", root, path) < 0)
		return -ENOMEM;
	fd = open(whole, OPEN_FLAGS);
	fd = fd < 0 ? -errno : fd;
	free(whole);
	return fd;
}

int binary_open(pid_t pid, const char *path)
{
	struct open_how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_IN_ROOT};
	char root[32];
	int dir, fd;

	root_of(path[0] == '/' ? pid : 0, root);
	if (!root[0])
		return open_plainly("", path);
	dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	/* An absolute symbolic link leads to a place below that root, not below ours. */
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	fd = fd < 0 ? -errno : fd;
	close(dir);
	return fd == -ENOSYS ? open_plainly(root, path) : fd;
}

/* Returns 0 or -ENAMETOOLONG. */
static int put_path(char *out, size_t len, const char *path)
{
	return (size_t)snprintf(out, len, "%s", path) < len ? 0 : -ENAMETOOLONG;
}

static bool is_program(pid_t pid, const char *path)
{
	struct stat st;
	bool is;
	int fd;

	if (!pid)
		return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
	fd = binary_open(pid, path);
	if (fd < 0)
		return false;
	is = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
	close(fd);
	return is;
}

static int find_program(pid_t pid, const char *name, char *out, size_t len)
{
	const char *at = getenv("PATH");
	int err = -ENOENT;

	while (err == -ENOENT && at && *at) {
		int length = (int)strcspn(at, ":");
		char *path;

		if (asprintf(&path, "%.*s/%s", length, length ? at : ".", name) < 0)
			return -ENOMEM;
		if (is_program(pid, path))
			err = put_path(out, len, path);
		free(path);
		at += length + (at[length] == ':');
	}
	return err;
}

/* Returns the machine that an ELF file is for, or EM_NONE. */
static int machine_of(pid_t pid, const char *path)
{
	int fd = binary_open(pid, path);
	Elf64_Ehdr header; /* the machine is where the 32-bit one has it */
	bool is_elf;

	if (fd < 0)
		return EM_NONE;
	is_elf = read(fd, &header, sizeof(header)) == sizeof(header) &&
		 memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
	close(fd);
	return is_elf ? header.e_machine : EM_NONE;
}

/* The last match that is an ELF file for this machine: the newest version, no linker script. */
static int find_library(pid_t pid, const char *root, const char *pattern, int machine, char *out,
			size_t len)
{
	int err = -ENOENT;
	glob_t files;

	if (glob(pattern, GLOB_BRACE, NULL, &files))
		return -ENOENT;
	for (size_t i = files.gl_pathc; err == -ENOENT && i-- > 0;) {
		const char *path = files.gl_pathv[i] + strlen(root);

		if (machine_of(pid, path) == machine)
			err = put_path(out, len, path);
	}
	globfree(&files);
	return err;
}

static int machine_of_process(pid_t pid)
{
	char program[32] = "/proc/self/exe";

	if (pid)
		snprintf(program, sizeof(program), "/proc/%d/exe", pid);
	return machine_of(0, program);
}

static int find_in_libraries(pid_t pid, const char *name, char *out, size_t len)
{
	static const char *const suffixes[] = {"", ".so", "{,.so}.[0-9]*"};
	int err = -ENOENT, machine = machine_of_process(pid);
	char root[32];

	root_of(pid, root);
	for (size_t i = 0; err == -ENOENT && machine != EM_NONE && i < 3; i++) {
		char *pattern;

		if (asprintf(&pattern, "%s{" LIBRARIES "}/%s%s", root, name, suffixes[i]) < 0)
			return -ENOMEM;
		err = find_library(pid, root, pattern, machine, out, len);
		free(pattern);
	}
	return err;
}

static int check_path(pid_t pid, const char *path, char *out, size_t len)
{
	int fd = binary_open(pid, path);

	if (fd >= 0)
		close(fd);
	else if (fd == -ENOENT || fd == -ENOTDIR)
		return -ENOENT;
	return put_path(out, len, path);
}

int binary_find(pid_t pid, const char *name, char *out, size_t len)
{
	int err;

	if (strchr(name, '/'))
		return check_path(pid, name, out, len);
	if (!*name)
		return -ENOENT;
	err = find_program(pid, name, out, len);
	if (err == -ENOENT && !strpbrk(name, "*?[{},\\"))
		err = find_in_libraries(pid, name, out, len);
	return err;
}
