// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* elf_syms.c - see elf_syms.h; libelf does the reading. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_syms.h"

/* SystemTap's static probes. */
#define NOTE_STAPSDT 3

struct file {
	int fd;
	Elf *elf;
};

static int file_open(struct file *f, const char *path)
{
	struct stat st;

	elf_version(EV_CURRENT);
	f->elf = NULL;
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return -errno;
	if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode))
		f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	if (f->elf && elf_kind(f->elf) == ELF_K_ELF)
		return 0;
	elf_end(f->elf);
	close(f->fd);
	return -ENOEXEC;
}

static void file_close(struct file *f)
{
	elf_end(f->elf);
	close(f->fd);
}

typedef int section_fn(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, void *arg);

static int sections_for_each(const char *path, section_fn *fn, void *arg)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	struct file f;
	int r = file_open(&f, path);

	if (r)
		return r;
	while (!r && (section = elf_nextscn(f.elf, section)))
		if (gelf_getshdr(section, &header))
			r = fn(f.elf, section, &header, arg);
	file_close(&f);
	return r;
}

struct symbols {
	int (*fn)(const char *name, void *arg);
	void *arg;
};

static int symbols_of(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, void *arg)
{
	const struct symbols *s = arg;
	Elf_Data *data = NULL;
	GElf_Sym symbol;
	int r = 0;

	if ((header->sh_type != SHT_SYMTAB && header->sh_type != SHT_DYNSYM) ||
	    !header->sh_entsize)
		return 0;
	data = elf_getdata(section, NULL);
	for (int i = 0; !r && data && gelf_getsym(data, i, &symbol); i++) {
		int type = GELF_ST_TYPE(symbol.st_info);
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (name && *name && symbol.st_shndx != SHN_UNDEF && symbol.st_value &&
		    (type == STT_FUNC || type == STT_GNU_IFUNC))
			r = s->fn(name, s->arg);
	}
	return r;
}

int elf_syms_for_each(const char *path, int (*fn)(const char *name, void *arg), void *arg)
{
	struct symbols s = {fn, arg};

	return sections_for_each(path, symbols_of, &s);
}

struct probes {
	int (*fn)(const char *provider, const char *name, void *arg);
	void *arg;
};

/* A note's text: three addresses, then provider, name and arguments, each with its NUL. */
static int probe_of(const char *text, size_t size, size_t word, const struct probes *p)
{
	const char *provider = text + 3 * word, *end = text + size, *name;

	if (size <= 3 * word)
		return 0;
	name = memchr(provider, 0, (size_t)(end - provider));
	if (!name || ++name >= end || !memchr(name, 0, (size_t)(end - name)))
		return 0;
	return p->fn(provider, name, p->arg);
}

static int probes_of(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, void *arg)
{
	Elf_Data *data = header->sh_type == SHT_NOTE ? elf_getdata(section, NULL) : NULL;
	size_t word = gelf_getclass(elf) == ELFCLASS32 ? 4 : 8;
	size_t at = 0, next, name, text;
	GElf_Nhdr note;
	int r = 0;

	for (; !r && data && (next = gelf_getnote(data, at, &note, &name, &text)); at = next) {
		const char *base = data->d_buf;

		if (note.n_type == NOTE_STAPSDT && note.n_namesz == sizeof("stapsdt") &&
		    memcmp(base + name, "stapsdt", sizeof("stapsdt")) == 0)
			r = probe_of(base + text, note.n_descsz, word, arg);
	}
	return r;
}

int elf_usdt_for_each(const char *path,
		      int (*fn)(const char *provider, const char *name, void *arg), void *arg)
{
	struct probes p = {fn, arg};

	return sections_for_each(path, probes_of, &p);
}

static int from_path(const char *name, char *out, size_t size)
{
	const char *at = getenv("PATH");

	while (at && *at) {
		size_t length = strcspn(at, ":");

		snprintf(out, size, "%.*s/%s", (int)length, at, name);
		if (access(out, X_OK) == 0)
			return 0;
		at += length + (at[length] == ':');
	}
	return -ENOENT;
}

static int from_libraries(const char *name, char *out, size_t size)
{
	static const char *const forms[] = {
		"/lib/*-linux-gnu/%s", "/lib/*-linux-gnu/%s.so.*", "/lib/%s",	"/lib/%s.so.*",
		"/lib64/%s",	       "/lib64/%s.so.*",	   "/usr/lib/%s", "/usr/lib/%s.so.*",
	};
	char pattern[512];
	glob_t found;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(pattern, sizeof(pattern), forms[i], name);
#pragma GCC diagnostic pop
		if (glob(pattern, 0, NULL, &found) == 0) {
			snprintf(out, size, "%s", found.gl_pathv[0]);
			globfree(&found);
			return 0;
		}
		globfree(&found);
	}
	return -ENOENT;
}

int elf_resolve_binary(const char *name, char *out, size_t size)
{
	if (strchr(name, '/')) {
		snprintf(out, size, "%s", name);
		return access(name, F_OK) ? -ENOENT : 0;
	}
	return from_path(name, out, size) == 0 ? 0 : from_libraries(name, out, size);
}
