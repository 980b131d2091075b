// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * mini_debug.c - see symbols/mini_debug.h. libdw uncompresses, but maps what it reads: it gets a
 * copy in memory, which nobody can truncate.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/mini_debug.h"

#define COPY_BYTES_MAX (256LL << 20)

/* Compressed; what it can grow to is some thousand times as much. */
#define SECTION_BYTES_MAX (4 << 20)

static bool has_section(struct elf_file *f)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	while (elf_getshdrstrndx(f->elf, &names) == 0 && (section = elf_nextscn(f->elf, section))) {
		const char *name = gelf_getshdr(section, &header)
					   ? elf_strptr(f->elf, names, header.sh_name)
					   : NULL;

		if (name && strcmp(name, ".gnu_debugdata") == 0)
			return header.sh_size <= SECTION_BYTES_MAX;
	}
	return false;
}

/* Returns a descriptor of the copy, or -1. */
static int copy_file(int fd)
{
	struct stat st;
	off_t at = 0;
	int copy;

	if (fstat(fd, &st) || st.st_size > COPY_BYTES_MAX)
		return -1;
	copy = memfd_create("latchkit", MFD_CLOEXEC);
	while (copy >= 0 && at < st.st_size &&
	       sendfile(copy, fd, &at, (size_t)(st.st_size - at)) > 0)
		;
	return copy;
}

static int find_nothing(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word checksum, char **found)
{
	(void)module, (void)user, (void)name, (void)base;
	(void)file, (void)link, (void)checksum, (void)found;
	return -1;
}

/* The file, other than the module's own, that its symbols are from. */
static Elf *other_file(Dwfl_Module *module)
{
	int count = dwfl_module_getsymtab(module);
	GElf_Addr bias, address;
	Elf *own = dwfl_module_getelf(module, &bias), *elf;
	GElf_Sym symbol;

	for (int i = 1; i < count; i++)
		if (dwfl_module_getsym_info(module, i, &symbol, &address, NULL, &elf, &bias) &&
		    elf && elf != own)
			return elf;
	return NULL;
}

Dwfl *mini_debug_open(struct elf_file *stripped, Elf **elf)
{
	static const Dwfl_Callbacks callbacks = {
		.find_debuginfo = find_nothing,
		.section_address = dwfl_offline_section_address,
	};
	int copy = has_section(stripped) ? copy_file(stripped->fd) : -1;
	Dwfl *dwfl = copy >= 0 ? dwfl_begin(&callbacks) : NULL;
	Dwfl_Module *module = dwfl ? dwfl_report_offline(dwfl, "", "", copy) : NULL;

	if (copy >= 0 && !module)
		close(copy); /* else the module has it */
	if (dwfl)
		dwfl_report_end(dwfl, NULL, NULL);
	*elf = module ? other_file(module) : NULL;
	if (*elf)
		return dwfl;
	if (dwfl)
		dwfl_end(dwfl);
	return NULL;
}
