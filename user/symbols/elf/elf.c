// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* elf.c - see symbols/elf/elf.h */
#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/elf/debug_file.h"
#include "symbols/elf/elf.h"
#include "symbols/elf/elf_file.h"

/* The type of the notes that describe static probes, and the name they bear. */
#define NOTE_STAPSDT 3
#define NOTE_NAME "stapsdt"

/* A function: provider "". A static probe: offset 0. The text belongs to the open file. */
struct found {
	const char *provider, *name;
	uint64_t offset;
	bool indirect;
};

struct file {
	struct elf_file open;
	struct elf_file debug; /* with what was stripped of it; elf NULL: none */
	bool has_symbols; /* other than those for the loader */
	struct found *found;
	size_t count, room;
};

static int file_open(struct file *f, const char *path)
{
	memset(f, 0, sizeof(*f));
	return elf_file_open(&f->open, path);
}

static void file_close(struct file *f)
{
	free(f->found);
	if (f->debug.elf)
		elf_file_close(&f->debug);
	elf_file_close(&f->open);
}

static int found_add(struct file *f, struct found found)
{
	if (f->count == f->room) {
		size_t room = f->room ? f->room * 2 : 256;
		struct found *grown = reallocarray(f->found, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		f->found = grown;
		f->room = room;
	}
	f->found[f->count++] = found;
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

typedef int section_fn(struct file *f, Elf *elf, Elf_Scn *section, const GElf_Shdr *header);

static int search_sections(struct file *f, Elf *elf, section_fn *fn)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int err = 0;

	while (!err && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header))
			err = fn(f, elf, section, &header);
	return err;
}

/* Open the file and collect what fn finds in each section. Returns 0, or a negative errno: then
 * the file is closed. */
static int file_search(struct file *f, const char *path, section_fn *fn)
{
	int err = file_open(f, path);

	if (err)
		return err;
	err = search_sections(f, f->open.elf, fn);
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

static int functions_of(struct file *f, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data;
	GElf_Sym symbol;
	uint64_t offset;
	int err = 0;

	if (header->sh_type != SHT_SYMTAB && header->sh_type != SHT_DYNSYM)
		return 0;
	f->has_symbols = f->has_symbols || header->sh_type == SHT_SYMTAB;
	data = elf_getdata(section, NULL);
	for (int i = 0; !err && data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (name && *name && is_function(&symbol) &&
		    elf_file_offset(&f->open, symbol.st_value, &offset))
			err = found_add(
				f, (struct found){"", name, offset,
						  GELF_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC});
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
	return found_add(f, (struct found){provider, name + 1, 0, false});
}

static int probes_of(struct file *f, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = header->sh_type == SHT_NOTE ? elf_getdata(section, NULL) : NULL;
	size_t address_bytes = gelf_getclass(elf) == ELFCLASS32 ? 4 : 8;
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

		for (; i < f->count && strcmp(f->found[i].name, function.name) == 0; i++) {
			offsets[function.offset_count++] = f->found[i].offset;
			function.indirect = function.indirect || f->found[i].indirect;
		}
		r = fn(&function, arg);
	}
	return r;
}

/* Add what the debug file has, if there is one. Returns 0, or a negative errno: f is closed. */
static int add_stripped(struct file *f)
{
	int err;

	if (debug_file_open(&f->open, &f->debug)) {
		f->debug.elf = NULL;
		return 0;
	}
	err = search_sections(f, f->debug.elf, functions_of);
	if (err)
		file_close(f);
	else
		found_sort(f);
	return err;
}

int elf_syms_for_each(const char *path, int (*fn)(const struct elf_function *f, void *arg),
		      void *arg)
{
	uint64_t *offsets;
	struct file f;
	int r = file_search(&f, path, functions_of);

	if (!r && !f.has_symbols)
		r = add_stripped(&f);
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

/* The linker makes them; stripping leaves them. */
static bool is_section_of_go(const char *name)
{
	return strcmp(name, ".go.buildinfo") == 0 || strcmp(name, ".note.go.buildid") == 0 ||
	       strcmp(name, ".gopclntab") == 0;
}

static bool imports_unwinder(struct file *f, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = header->sh_type == SHT_DYNSYM ? elf_getdata(section, NULL) : NULL;
	bool imports = false;
	GElf_Sym symbol;

	for (int i = 0; !imports && data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(f->open.elf, header->sh_link, symbol.st_name);

		imports = name && (strcmp(name, "__cxa_throw") == 0 ||
				   strcmp(name, "_Unwind_RaiseException") == 0);
	}
	return imports;
}

unsigned int elf_traits(const char *path)
{
	Elf_Scn *section = NULL;
	unsigned int traits = 0;
	GElf_Shdr header;
	struct file f;
	size_t names;

	if (file_open(&f, path))
		return 0;
	while (elf_getshdrstrndx(f.open.elf, &names) == 0 &&
	       (section = elf_nextscn(f.open.elf, section))) {
		const char *name;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(f.open.elf, names, header.sh_name);
		if (name && is_section_of_go(name))
			traits |= ELF_IS_GO;
		if (imports_unwinder(&f, section, &header))
			traits |= ELF_THROWS;
	}
	file_close(&f);
	return traits;
}
