// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* debug_file.c - see symbols/elf/debug_file.h */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "symbols/elf/debug_file.h"
#include "symbols/elf/embedded.h"

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

/* The contents of a section; NULL: there is none of that name. */
static Elf_Data *section_of(struct elf_file *f, const char *wanted)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	while (elf_getshdrstrndx(f->elf, &names) == 0 && (section = elf_nextscn(f->elf, section))) {
		const char *name = gelf_getshdr(section, &header)
					   ? elf_strptr(f->elf, names, header.sh_name)
					   : NULL;

		if (name && strcmp(name, wanted) == 0 && header.sh_type != SHT_NOBITS)
			return elf_getdata(section, NULL);
	}
	return NULL;
}

ssize_t debug_file_build_id(struct elf_file *f, const void **id)
{
	Elf_Data *data = section_of(f, ".note.gnu.build-id");
	size_t name, text;
	GElf_Nhdr note;

	if (!data || !gelf_getnote(data, 0, &note, &name, &text) || note.n_type != NT_GNU_BUILD_ID)
		return 0;
	*id = (const char *)data->d_buf + text;
	return (ssize_t)note.n_descsz;
}

/* A name, padded to four bytes, and a checksum. */
static const char *debug_link(struct elf_file *f, unsigned int *checksum)
{
	Elf_Data *data = section_of(f, ".gnu_debuglink");
	size_t length, at;

	if (!data || !data->d_buf)
		return NULL;
	length = strnlen(data->d_buf, data->d_size);
	at = (length + 4) & ~(size_t)3;
	if (!length || at + sizeof(*checksum) > data->d_size)
		return NULL;
	memcpy(checksum, (const char *)data->d_buf + at, sizeof(*checksum));
	return data->d_buf;
}

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
	ssize_t id_bytes = debug_file_build_id(f, &id);

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

/* What is in the file itself is of its build. */
static int try_embedded(struct elf_file *stripped, struct elf_file *debug)
{
	Elf_Data *data = section_of(stripped, ".gnu_debugdata");

	return data && data->d_buf ? embedded_open(data->d_buf, data->d_size, debug) : -ENOENT;
}

int debug_file_open(struct elf_file *stripped, struct elf_file *debug)
{
	struct build b = {.id = NULL};
	unsigned int checksum = 0;
	const char *link = debug_link(stripped, &checksum);
	const void *id = NULL;
	int err;

	b.id_bytes = debug_file_build_id(stripped, &id);
	b.id = id;
	b.has_checksum = link != NULL;
	b.checksum = checksum;
	err = try_id(debug, &b);
	if (err && link)
		err = try_link(debug, &b, stripped->fd, link);
	return err ? try_embedded(stripped, debug) : 0;
}
