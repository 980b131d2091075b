// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* elf_file.c - see symbols/elf/elf_file.h */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/elf/elf_file.h"

void elf_file_close(struct elf_file *f)
{
	elf_end(f->elf);
	close(f->fd);
}

/* The section table is at the end of a file; libelf reports no error when it is cut off. */
static bool is_whole(Elf *elf, GElf_Ehdr *header)
{
	size_t sections;

	return elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, header) &&
	       elf_getshdrnum(elf, &sections) == 0 && (sections || !header->e_shoff);
}

int elf_file_open(struct elf_file *f, const char *path)
{
	struct stat st;

	elf_version(EV_CURRENT);
	memset(f, 0, sizeof(*f));
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* does not block on a FIFO */
	if (f->fd < 0)
		return -errno;
	if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode))
		f->elf = elf_begin(f->fd, ELF_C_READ, NULL);
	if (f->elf && is_whole(f->elf, &f->header))
		return 0;
	elf_file_close(f);
	return -ENOEXEC;
}

bool elf_file_offset(struct elf_file *f, uint64_t address, uint64_t *offset)
{
	GElf_Phdr segment;
	size_t count;

	if (elf_getphdrnum(f->elf, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(f->elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
		    address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
			continue;
		*offset = address - segment.p_vaddr + segment.p_offset;
		return true;
	}
	return false;
}
