// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* second.c - see symbols/dwarf/second.h */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "symbols/dwarf/second.h"
#include "symbols/elf/debug_file.h"

/* A name as it is linked to: from the root, or from where the debug file is. */
static int full_path(const struct dwarf_part *part, const char *name, char *path, size_t size)
{
	char link[32], own[PATH_MAX];
	ssize_t length;

	if (name[0] == '/')
		return (size_t)snprintf(path, size, "%s", name) < size ? 0 : -ENOLINK;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", part->file.fd);
	length = readlink(link, own, sizeof(own) - 1);
	if (length <= 0)
		return -ENOLINK;
	own[length] = '\0';
	return (size_t)snprintf(path, size, "%s/%s", dirname(own), name) < size ? 0 : -ENOLINK;
}

int dwarf_second_open(const struct dwarf_part *part, struct dwarf_part *second)
{
	struct bytes link = part->section[SECTION_ALTLINK];
	const char *name = bytes_string(&link);
	char path[2 * PATH_MAX];
	struct elf_file file;
	const void *id;
	ssize_t bytes;

	if (!*name || full_path(part, name, path, sizeof(path)) || elf_file_open(&file, path))
		return -ENOLINK;
	bytes = debug_file_build_id(&file, &id);
	if (bytes <= 0 || (size_t)bytes != bytes_left(&link) ||
	    memcmp(id, link.at, (size_t)bytes) != 0) {
		elf_file_close(&file);
		return -ENOLINK;
	}
	return dwarf_part_open(second, &file) == -ENOMEM ? -ENOMEM
	       : second->file.elf			 ? 0
							 : -ENOLINK;
}
