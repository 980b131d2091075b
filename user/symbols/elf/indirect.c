// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * indirect.c - see symbols/elf/indirect.h. The loader leaves the choice in words that the
 * relocations of each file name: those of the file itself that call the choosing code (IRELATIVE),
 * and those of any file for the symbol. A word that is as it was in the file is not written yet.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols/elf/binary.h"
#include "symbols/elf/elf_file.h"
#include "symbols/elf/indirect.h"
#include "symbols/elf/mappings.h"

#define RANGES 16

/* Where the file's code is in the process. */
struct range {
	uint64_t start, end, offset;
};

struct search {
	const struct elf_function *function;
	struct stat st; /* of its file */
	pid_t pid;
	int memory; /* of the process */
	struct range range[RANGES];
	size_t ranges;
	struct indirect *chosen;
	dev_t device; /* of the file looked at last, of which there are several mappings */
	ino_t inode;
};

/* A file that the process has mapped. */
struct module {
	struct elf_file file;
	uint64_t bias; /* between its addresses and those of the process */
	bool is_own; /* the function's own file */
};

static int find_code(const struct mapping *m, void *arg)
{
	struct search *s = arg;

	if (m->executable && s->ranges < RANGES && mapping_is_of(s->pid, m, &s->st))
		s->range[s->ranges++] = (struct range){m->start, m->end, m->offset};
	return 0;
}

static bool has(const uint64_t *offsets, size_t count, uint64_t offset)
{
	for (size_t i = 0; i < count; i++)
		if (offsets[i] == offset)
			return true;
	return false;
}

/* An address that a process calls: one of the function's file? */
static void add_address(struct search *s, uint64_t address)
{
	struct indirect *c = s->chosen;

	for (size_t i = 0; i < s->ranges; i++) {
		const struct range *r = &s->range[i];
		uint64_t offset = address - r->start + r->offset;

		if (address < r->start || address >= r->end)
			continue;
		if (c->count < INDIRECT_MAX && !has(c->offsets, c->count, offset) &&
		    !has(s->function->offsets, s->function->offset_count, offset))
			c->offsets[c->count++] = offset;
	}
}

/* The word at an address, in the process and in the file. */
static bool read_word(const struct search *s, struct module *m, uint64_t address, uint64_t *now,
		      uint64_t *before)
{
	size_t size = gelf_getclass(m->file.elf) == ELFCLASS32 ? 4 : 8;
	uint64_t offset;

	*now = *before = 0;
	if (pread(s->memory, now, size, (off_t)(address + m->bias)) != (ssize_t)size)
		return false;
	if (elf_file_offset(&m->file, address, &offset) &&
	    pread(m->file.fd, before, size, (off_t)offset) != (ssize_t)size)
		return false;
	return true;
}

static bool is_irelative(const struct module *m, uint64_t type)
{
	switch (m->file.header.e_machine) {
	case EM_X86_64:
		return type == R_X86_64_IRELATIVE;
	case EM_386:
		return type == R_386_IRELATIVE;
	case EM_AARCH64:
		return type == R_AARCH64_IRELATIVE;
	case EM_RISCV:
		return type == R_RISCV_IRELATIVE;
	case EM_PPC64:
		return type == R_PPC64_IRELATIVE;
	case EM_S390:
		return type == R_390_IRELATIVE;
	default:
		return false;
	}
}

/* Does the relocation call one of the codes that choose? */
static bool is_chooser(const struct search *s, struct module *m, const GElf_Rela *r)
{
	uint64_t offset;

	return m->is_own && is_irelative(m, GELF_R_TYPE(r->r_info)) &&
	       elf_file_offset(&m->file, (uint64_t)r->r_addend, &offset) &&
	       has(s->function->offsets, s->function->offset_count, offset);
}

static bool is_for_symbol(const struct search *s, struct module *m, const GElf_Shdr *header,
			  const GElf_Rela *r)
{
	Elf_Scn *symbols = elf_getscn(m->file.elf, header->sh_link);
	const char *name;
	GElf_Shdr table;
	GElf_Sym symbol;

	if (!GELF_R_SYM(r->r_info) || !symbols || !gelf_getshdr(symbols, &table) ||
	    !gelf_getsym(elf_getdata(symbols, NULL), (int)GELF_R_SYM(r->r_info), &symbol))
		return false;
	name = elf_strptr(m->file.elf, table.sh_link, symbol.st_name);
	return name && strcmp(name, s->function->name) == 0;
}

/* Relocations without addends have it in the word. */
static bool get_relocation(struct module *m, Elf_Data *data, const GElf_Shdr *header, int i,
			   GElf_Rela *r)
{
	uint64_t offset, addend = 0;
	GElf_Rel rel;

	if (header->sh_type == SHT_RELA)
		return gelf_getrela(data, i, r);
	if (!gelf_getrel(data, i, &rel))
		return false;
	if (elf_file_offset(&m->file, rel.r_offset, &offset) &&
	    pread(m->file.fd, &addend, 4, (off_t)offset) != 4)
		return false;
	*r = (GElf_Rela){rel.r_offset, rel.r_info, (int64_t)addend};
	return true;
}

static void search_section(struct search *s, struct module *m, Elf_Scn *section,
			   const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	uint64_t now, before;
	GElf_Rela r;

	for (int i = 0; data && get_relocation(m, data, header, i, &r); i++)
		if ((is_chooser(s, m, &r) || is_for_symbol(s, m, header, &r)) &&
		    read_word(s, m, r.r_offset, &now, &before) && now != before + m->bias)
			add_address(s, now);
}

/* How far the process has moved the file: a mapping begins on a segment's page. */
static bool find_bias(struct module *m, const struct mapping *mapping)
{
	GElf_Phdr segment;
	size_t count;

	if (elf_getphdrnum(m->file.elf, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		uint64_t into;

		if (!gelf_getphdr(m->file.elf, (int)i, &segment) || segment.p_type != PT_LOAD)
			continue;
		into = segment.p_offset % (segment.p_align ? segment.p_align : 1);
		if (mapping->offset != segment.p_offset - into)
			continue;
		m->bias = mapping->start - (segment.p_vaddr - into);
		return true;
	}
	return false;
}

static int open_module(struct search *s, struct module *m, const struct mapping *mapping)
{
	char path[64];
	int err, fd;

	mapping_file(s->pid, mapping, path, sizeof(path));
	err = elf_file_open(&m->file, path);
	if (!err)
		return 0;
	fd = binary_open(s->pid, mapping->path);
	if (fd < 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = elf_file_open(&m->file, path);
	close(fd);
	return err;
}

static int search_module(const struct mapping *mapping, void *arg)
{
	struct module m = {.bias = 0};
	Elf_Scn *section = NULL;
	struct search *s = arg;
	GElf_Shdr header;

	if (mapping->inode == s->inode && mapping->device == s->device)
		return 0;
	s->inode = mapping->inode;
	s->device = mapping->device;
	if (open_module(s, &m, mapping))
		return 0;
	m.is_own = mapping_is_of(s->pid, mapping, &s->st);
	while (find_bias(&m, mapping) && (section = elf_nextscn(m.file.elf, section)))
		if (gelf_getshdr(section, &header) &&
		    (header.sh_type == SHT_RELA || header.sh_type == SHT_REL))
			search_section(s, &m, section, &header);
	elf_file_close(&m.file);
	return 0;
}

int indirect_of_process(const char *path, const struct elf_function *f, pid_t pid,
			struct indirect *chosen)
{
	struct search s = {.function = f, .pid = pid, .chosen = chosen};
	char memory[32];
	int err;

	chosen->count = 0;
	if (stat(path, &s.st))
		return -errno;
	err = mappings_for_each(pid, find_code, &s);
	if (err || !s.ranges)
		return err ? err : -ENOENT;
	snprintf(memory, sizeof(memory), "/proc/%d/mem", pid);
	s.memory = open(memory, O_RDONLY | O_CLOEXEC);
	if (s.memory < 0)
		return -errno;
	err = mappings_for_each(pid, search_module, &s);
	close(s.memory);
	return err || chosen->count ? err : -ENOENT;
}

int indirect_of_any(const char *path, const struct elf_function *f, pid_t *pid,
		    struct indirect *chosen)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int err;

	*pid = getpid();
	err = indirect_of_process(path, f, *pid, chosen);
	while (err && dir && (entry = readdir(dir))) {
		*pid = atoi(entry->d_name);
		if (*pid > 0)
			err = indirect_of_process(path, f, *pid, chosen);
	}
	if (dir)
		closedir(dir);
	return err ? -ENOENT : 0;
}
