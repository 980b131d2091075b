// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* debug_file.c - see symbols/debug_file.h */
#include <elfutils/libdwelf.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "symbols/debug_file.h"

#define DEBUG "/usr/lib/debug"

/* Whoever makes a file decides which one it links to: read no more than this of it. */
#define CHECKSUM_BYTES_MAX (1LL << 30)

/* What tells that a debug file is of the same build: its id, or the checksum of the whole file. */
struct build {
	const unsigned char *id;
	ssize_t id_bytes; /* 0: none */
	bool has_checksum;
	unsigned int checksum;
};

static unsigned int checksum_of(int fd)
{
	unsigned char bytes[1 << 16];
	uLong sum = crc32(0, NULL, 0);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		sum = crc32(sum, bytes, (uInt)n);
		at += n;
	}
	return (unsigned int)sum;
}

static bool is_of_build(struct elf_file *f, const struct build *b)
{
	struct stat st;
	const void *id;
	ssize_t id_bytes = dwelf_elf_gnu_build_id(f->elf, &id);

	if (b->id_bytes > 0 && id_bytes > 0)
		return id_bytes == b->id_bytes && memcmp(id, b->id, (size_t)id_bytes) == 0;
	return b->has_checksum && fstat(f->fd, &st) == 0 && st.st_size <= CHECKSUM_BYTES_MAX &&
	       checksum_of(f->fd) == b->checksum;
}

static int try_path(struct elf_file *debug, const struct build *b, const char *path)
{
	if (elf_file_open(debug, path))
		return -ENOENT;
	if (is_of_build(debug, b))
		return 0;
	elf_file_close(debug);
	return -ENOENT;
}

static int try_id(struct elf_file *debug, const struct build *b)
{
	char path[256];
	int length;

	if (b->id_bytes < 2 || b->id_bytes > 64)
		return -ENOENT;
	length = snprintf(path, sizeof(path), DEBUG "/.build-id/%02x/", b->id[0]);
	for (ssize_t i = 1; i < b->id_bytes; i++)
		length += sprintf(path + length, "%02x", b->id[i]);
	strcpy(path + length, ".debug");
	return try_path(debug, b, path);
}

static int try_link(struct elf_file *debug, const struct build *b, int fd, const char *link)
{
	static const char *const places[] = {"%s/%s", "%s/.debug/%s", DEBUG "%s/%s"};
	char name[32], file[PATH_MAX], path[2 * PATH_MAX];
	int err = -ENOENT;
	ssize_t length;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	length = readlink(name, file, sizeof(file) - 1);
	if (length <= 0 || strchr(link, '/'))
		return -ENOENT;
	file[length] = '\0';
	dirname(file);
	for (size_t i = 0; err && i < sizeof(places) / sizeof(places[0]); i++)
		if ((size_t)snprintf(path, sizeof(path), places[i], file, link) < sizeof(path))
			err = try_path(debug, b, path);
	return err;
}

int debug_file_open(struct elf_file *stripped, struct elf_file *debug)
{
	struct build b = {.id = NULL};
	GElf_Word checksum = 0;
	const char *link = dwelf_elf_gnu_debuglink(stripped->elf, &checksum);
	const void *id = NULL;
	int err;

	b.id_bytes = dwelf_elf_gnu_build_id(stripped->elf, &id);
	b.id = id;
	b.has_checksum = link != NULL;
	b.checksum = checksum;
	err = try_id(debug, &b);
	return err && link ? try_link(debug, &b, stripped->fd, link) : err;
}
