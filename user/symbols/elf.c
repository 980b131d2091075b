// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * elf.c - see symbols/elf.h. libelf reads the files by read(2): with mmap(2), a file truncated
 * meanwhile would raise SIGBUS.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/elf.h"

/* The type of the notes that describe static probes, and the name they bear. */
#define NOTE_STAPSDT 3
#define NOTE_NAME "stapsdt"

/* Where distributions keep libraries; a list for glob(3)'s braces, the preferred ones last. */
#define LIBRARIES \
	"/usr/local/lib,/usr/lib,/lib,/usr/lib64,/lib64,/usr/lib/*-linux-gnu*,/lib/*-linux-gnu*"

/* A function: provider "". A static probe: offset 0. The text belongs to the open file. */
struct found {
	const char *provider, *name;
	uint64_t offset;
};

struct file {
	int fd;
	Elf *elf;
	GElf_Ehdr header;
	struct found *found;
	size_t count, room;
};

static void file_close(struct file *f)
{
	free(f->found);
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

static int file_open(struct file *f, const char *path)
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
	file_close(f);
	return -ENOEXEC;
}

static int found_add(struct file *f, const char *provider, const char *name, uint64_t offset)
{
	if (f->count == f->room) {
		size_t room = f->room ? f->room * 2 : 256;
		struct found *found = reallocarray(f->found, room, sizeof(*found));

		if (!found)
			return -ENOMEM;
		f->found = found;
		f->room = room;
	}
	f->found[f->count++] = (struct found){provider, name, offset};
	return 0;
}

static int found_compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = strcmp(x->provider, y->provider);

	order = order ? order : strcmp(x->name, y->name);
	return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

/* Sort, and keep one of equals. */
static void found_sort(struct file *f)
{
	size_t kept = 0;

	if (f->count)
		qsort(f->found, f->count, sizeof(*f->found), found_compare);
	for (size_t i = 0; i < f->count; i++)
		if (!kept || found_compare(&f->found[i], &f->found[kept - 1]))
			f->found[kept++] = f->found[i];
	f->count = kept;
}

typedef int section_fn(struct file *f, Elf_Scn *section, const GElf_Shdr *header);

/* Open the file and collect what fn finds in each section. Returns 0, or a negative errno: then
 * the file is closed. */
static int file_search(struct file *f, const char *path, section_fn *fn)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int err = file_open(f, path);

	if (err)
		return err;
	while (!err && (section = elf_nextscn(f->elf, section)))
		if (gelf_getshdr(section, &header))
			err = fn(f, section, &header);
	if (err)
		file_close(f);
	else
		found_sort(f);
	return err;
}

static bool is_function(const GElf_Sym *symbol)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_shndx != SHN_UNDEF &&
	       symbol->st_value;
}

/* Find the file offset of the code at an address. Returns false when no segment holds it. */
static bool offset_of(struct file *f, uint64_t address, uint64_t *offset)
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

static int functions_of(struct file *f, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data;
	GElf_Sym symbol;
	uint64_t offset;
	int err = 0;

	if (header->sh_type != SHT_SYMTAB && header->sh_type != SHT_DYNSYM)
		return 0;
	data = elf_getdata(section, NULL);
	for (int i = 0; !err && data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(f->elf, header->sh_link, symbol.st_name);

		if (name && *name && is_function(&symbol) && offset_of(f, symbol.st_value, &offset))
			err = found_add(f, "", name, offset);
	}
	return err;
}

/* A note of type stapsdt: three addresses, then provider, name and arguments, NUL-terminated. */
static int probe_of(const char *text, size_t size, size_t address_bytes, struct file *f)
{
	const char *provider = text + 3 * address_bytes, *end = text + size, *name;

	if (size <= 3 * address_bytes)
		return 0;
	name = memchr(provider, '\0', (size_t)(end - provider));
	if (!name || !memchr(name + 1, '\0', (size_t)(end - name - 1)))
		return 0;
	return found_add(f, provider, name + 1, 0);
}

static int probes_of(struct file *f, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = header->sh_type == SHT_NOTE ? elf_getdata(section, NULL) : NULL;
	size_t address_bytes = gelf_getclass(f->elf) == ELFCLASS32 ? 4 : 8;
	size_t at = 0, next, name, text;
	GElf_Nhdr note;
	int err = 0;

	for (; !err && data && (next = gelf_getnote(data, at, &note, &name, &text)); at = next) {
		const char *base = data->d_buf;

		if (note.n_type == NOTE_STAPSDT && note.n_namesz == sizeof(NOTE_NAME) &&
		    memcmp(base + name, NOTE_NAME, sizeof(NOTE_NAME)) == 0)
			err = probe_of(base + text, note.n_descsz, address_bytes, f);
	}
	return err;
}

/* Call fn with each name of the sorted list; offsets has room for all of it. */
static int each_function(const struct file *f, uint64_t *offsets,
			 int (*fn)(const struct elf_function *f, void *arg), void *arg)
{
	int r = 0;

	for (size_t i = 0; !r && i < f->count;) {
		struct elf_function function = {.name = f->found[i].name, .offsets = offsets};

		for (; i < f->count && strcmp(f->found[i].name, function.name) == 0; i++)
			offsets[function.offset_count++] = f->found[i].offset;
		r = fn(&function, arg);
	}
	return r;
}

int elf_syms_for_each(const char *path, int (*fn)(const struct elf_function *f, void *arg),
		      void *arg)
{
	uint64_t *offsets;
	struct file f;
	int r = file_search(&f, path, functions_of);

	if (r)
		return r;
	offsets = calloc(f.count + 1, sizeof(*offsets));
	r = offsets ? each_function(&f, offsets, fn, arg) : -ENOMEM;
	free(offsets);
	file_close(&f);
	return r;
}

int elf_usdt_for_each(const char *path,
		      int (*fn)(const char *provider, const char *name, void *arg), void *arg)
{
	struct file f;
	int r = file_search(&f, path, probes_of);

	if (r)
		return r;
	for (size_t i = 0; !r && i < f.count; i++)
		r = fn(f.found[i].provider, f.found[i].name, arg);
	file_close(&f);
	return r;
}

/* Returns 0 or -ENAMETOOLONG. */
static int put_path(char *out, size_t len, const char *path)
{
	return (size_t)snprintf(out, len, "%s", path) < len ? 0 : -ENAMETOOLONG;
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static int find_program(const char *name, char *out, size_t len)
{
	const char *at = getenv("PATH");
	int err = -ENOENT;

	while (err == -ENOENT && at && *at) {
		int length = (int)strcspn(at, ":");
		char *path;

		if (asprintf(&path, "%.*s/%s", length, length ? at : ".", name) < 0)
			return -ENOMEM;
		if (is_program(path))
			err = put_path(out, len, path);
		free(path);
		at += length + (at[length] == ':');
	}
	return err;
}

/* Returns the machine that an ELF file is for, or EM_NONE. */
static int machine_of(const char *path)
{
	struct file f;

	if (file_open(&f, path))
		return EM_NONE;
	file_close(&f);
	return f.header.e_machine;
}

/* The last match that is an ELF file for this machine: the newest version, no linker script. */
static int find_library(const char *pattern, int machine, char *out, size_t len)
{
	int err = -ENOENT;
	glob_t files;

	if (glob(pattern, GLOB_BRACE, NULL, &files))
		return -ENOENT;
	for (size_t i = files.gl_pathc; err == -ENOENT && i-- > 0;)
		if (machine_of(files.gl_pathv[i]) == machine)
			err = put_path(out, len, files.gl_pathv[i]);
	globfree(&files);
	return err;
}

static int find_in_libraries(const char *name, char *out, size_t len)
{
	static const char *const suffixes[] = {"", ".so", "{,.so}.[0-9]*"};
	int err = -ENOENT, machine = machine_of("/proc/self/exe");

	for (size_t i = 0; err == -ENOENT && machine != EM_NONE && i < 3; i++) {
		char *pattern;

		if (asprintf(&pattern, "{" LIBRARIES "}/%s%s", name, suffixes[i]) < 0)
			return -ENOMEM;
		err = find_library(pattern, machine, out, len);
		free(pattern);
	}
	return err;
}

int elf_resolve_binary(const char *name, char *out, size_t len)
{
	int err;

	if (strchr(name, '/'))
		return access(name, F_OK) ? -ENOENT : put_path(out, len, name);
	if (!*name)
		return -ENOENT;
	err = find_program(name, out, len);
	if (err == -ENOENT && !strpbrk(name, "*?[{},\\"))
		err = find_in_libraries(name, out, len);
	return err;
}
