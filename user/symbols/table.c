// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * table.c - see symbols/table.h. Every number in the file is checked against what was read before
 * it is used. The names that are kept are copied into one arena.
 */
#include <elf.h>
#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/clock.h"
#include "symbols/grow.h"
#include "symbols/table.h"

#define CHUNK_BYTES (1u << 20) /* between two looks at the clock */
#define SEGMENTS_MAX 1024
#define SECTIONS_MAX 65535
#define NAME_BYTES_MAX 65536
/* So many symbols of nothing but zeros are a page that was cut off and is not written again yet. */
#define ZEROS_MAX 8
/* How far back a function is looked for whose end is behind the start of others. */
#define NESTED_MAX 16

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define OWN_BYTE_ORDER ELFDATA2LSB
#else
#define OWN_BYTE_ORDER ELFDATA2MSB
#endif

struct function {
	uint64_t address, size;
	uint64_t section_end; /* of size 0, as in assembly: up to the next one, but not beyond */
	uint32_t name; /* place in the arena */
	uint32_t rank; /* of several names the lowest is shown */
};

struct segment {
	uint64_t offset, size, address; /* in the file; in memory */
	bool executable;
};

struct symtable {
	struct segment *segments;
	size_t segment_count;
	struct function *functions; /* by address, and then by rank */
	size_t function_count, function_room;
	char *names;
	size_t name_bytes, name_room;
};

/* A file that is being read. Elf32 structures are widened into Elf64 ones. */
struct source {
	int fd;
	bool is_32;
	unsigned long long until_ns;
};

/* Returns false at the end of the file, on an error, or when time is up. */
static bool read_at(const struct source *s, uint64_t offset, void *to, size_t bytes)
{
	char *at = to;

	while (bytes) {
		ssize_t n = offset > INT64_MAX - bytes || clock_now_ns() > s->until_ns
				    ? -1
				    : pread(s->fd, at, bytes < CHUNK_BYTES ? bytes : CHUNK_BYTES,
					    (off_t)offset);

		if (n <= 0)
			return false;
		at += n;
		offset += (uint64_t)n;
		bytes -= (size_t)n;
	}
	return true;
}

/* Returns `count` elements of a file, for free(), or NULL. */
static void *read_array(const struct source *s, uint64_t offset, size_t count, size_t size,
			size_t bytes_max)
{
	char *array;

	if (!count || count > bytes_max / size)
		return NULL;
	array = malloc(count * size);
	if (array && !read_at(s, offset, array, count * size)) {
		free(array);
		array = NULL;
	}
	return array;
}

static bool read_header(struct source *s, Elf64_Ehdr *h)
{
	Elf32_Ehdr small;

	if (!read_at(s, 0, h->e_ident, sizeof(h->e_ident)) ||
	    memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 || h->e_ident[EI_DATA] != OWN_BYTE_ORDER)
		return false;
	s->is_32 = h->e_ident[EI_CLASS] == ELFCLASS32;
	if (!s->is_32)
		return h->e_ident[EI_CLASS] == ELFCLASS64 && read_at(s, 0, h, sizeof(*h)) &&
		       h->e_phentsize == sizeof(Elf64_Phdr);
	if (!read_at(s, 0, &small, sizeof(small)) || small.e_phentsize != sizeof(Elf32_Phdr))
		return false;
	h->e_phoff = small.e_phoff;
	h->e_phnum = small.e_phnum;
	h->e_shoff = small.e_shoff;
	h->e_shnum = small.e_shnum;
	h->e_shentsize = small.e_shentsize;
	return true;
}

static void segment_add(struct symtable *t, uint32_t type, uint32_t flags, struct segment s)
{
	s.executable = flags & PF_X;
	if (type == PT_LOAD)
		t->segments[t->segment_count++] = s;
}

static bool read_segments(struct symtable *t, const struct source *s, const Elf64_Ehdr *h)
{
	size_t size = s->is_32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
	void *array = read_array(s, h->e_phoff, h->e_phnum, size, SEGMENTS_MAX * size);
	const Elf64_Phdr *large = array;
	const Elf32_Phdr *small = array;

	t->segments = array ? calloc(h->e_phnum, sizeof(*t->segments)) : NULL;
	for (size_t i = 0; t->segments && i < h->e_phnum; i++)
		if (s->is_32)
			segment_add(t, small[i].p_type, small[i].p_flags,
				    (struct segment){small[i].p_offset, small[i].p_filesz,
						     small[i].p_vaddr, false});
		else
			segment_add(t, large[i].p_type, large[i].p_flags,
				    (struct segment){large[i].p_offset, large[i].p_filesz,
						     large[i].p_vaddr, false});
	free(array);
	return t->segment_count;
}

/* The section headers, widened. */
struct sections {
	Elf64_Shdr *header;
	size_t count;
};

/* Where the section of a symbol ends in memory; UINT64_MAX: it is in none. */
static uint64_t section_end(const struct sections *of, const Elf64_Sym *symbol)
{
	const Elf64_Shdr *s = &of->header[symbol->st_shndx];

	if (symbol->st_shndx >= of->count || s->sh_addr > UINT64_MAX - s->sh_size)
		return UINT64_MAX;
	return s->sh_addr + s->sh_size;
}

/* Returns the section headers, widened, or NULL. */
static Elf64_Shdr *read_sections(const struct source *s, const Elf64_Ehdr *h)
{
	size_t size = s->is_32 ? sizeof(Elf32_Shdr) : sizeof(Elf64_Shdr);
	Elf64_Shdr *wide;
	Elf32_Shdr *small;

	if (h->e_shentsize != size)
		return NULL;
	if (!s->is_32)
		return read_array(s, h->e_shoff, h->e_shnum, size, SECTIONS_MAX * size);
	small = read_array(s, h->e_shoff, h->e_shnum, size, SECTIONS_MAX * size);
	wide = small ? calloc(h->e_shnum, sizeof(*wide)) : NULL;
	for (size_t i = 0; wide && i < h->e_shnum; i++) {
		wide[i].sh_type = small[i].sh_type;
		wide[i].sh_addr = small[i].sh_addr;
		wide[i].sh_offset = small[i].sh_offset;
		wide[i].sh_size = small[i].sh_size;
		wide[i].sh_link = small[i].sh_link;
	}
	free(small);
	return wide;
}

static Elf64_Sym symbol_at(const struct source *s, const void *array, size_t i)
{
	const Elf32_Sym *small;

	if (!s->is_32)
		return ((const Elf64_Sym *)array)[i];
	small = (const Elf32_Sym *)array + i;
	return (Elf64_Sym){.st_name = small->st_name,
			   .st_info = small->st_info,
			   .st_shndx = small->st_shndx,
			   .st_value = small->st_value,
			   .st_size = small->st_size};
}

static bool is_zero(const Elf64_Sym *symbol)
{
	return !symbol->st_name && !symbol->st_info && !symbol->st_shndx && !symbol->st_value;
}

static bool is_function(const Elf64_Sym *symbol)
{
	int type = ELF64_ST_TYPE(symbol->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_shndx != SHN_UNDEF &&
	       symbol->st_value;
}

/* Global before weak before local, and few underscores in front. */
static uint32_t rank_of(const Elf64_Sym *symbol, const char *name)
{
	int bind = ELF64_ST_BIND(symbol->st_info);
	uint32_t rank = bind == STB_GLOBAL ? 0 : bind == STB_WEAK ? 1 : 2;

	return rank << 16 | (uint32_t)strspn(name, "_");
}

static bool function_add(struct symtable *t, const Elf64_Sym *symbol, uint64_t end,
			 const char *name, size_t size)
{
	struct function *functions =
		grow(t->functions, &t->function_room, t->function_count + 1, sizeof(*functions));
	char *names;

	if (!functions)
		return false;
	t->functions = functions;
	names = grow(t->names, &t->name_room, t->name_bytes + size + 1, 1);
	if (!names)
		return false;
	t->names = names;
	functions[t->function_count++] = (struct function){
		.address = symbol->st_value,
		.size = symbol->st_size,
		.section_end = end,
		.name = (uint32_t)t->name_bytes,
		.rank = rank_of(symbol, name),
	};
	memcpy(names + t->name_bytes, name, size + 1);
	t->name_bytes += size + 1;
	return true;
}

/* Take in the functions of a symbol table; its names are those of section `strings`. */
static bool functions_of(struct symtable *t, const struct source *s, const struct sections *of,
			 const Elf64_Shdr *symbols)
{
	const Elf64_Shdr *strings = &of->header[symbols->sh_link];
	size_t size = s->is_32 ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym);
	size_t count = symbols->sh_size / size, bytes = strings->sh_size;
	void *array = read_array(s, symbols->sh_offset, count, size, SYMTABLE_SYMBOL_BYTES);
	char *text =
		array ? read_array(s, strings->sh_offset, bytes, 1, SYMTABLE_NAME_BYTES) : NULL;
	size_t zeros = 0;
	bool ok = text;

	for (size_t i = 0; ok && i < count; i++) {
		Elf64_Sym symbol = symbol_at(s, array, i);
		size_t left = symbol.st_name < bytes ? bytes - symbol.st_name : 0, length;
		const char *name = text + symbol.st_name;

		zeros = is_zero(&symbol) ? zeros + 1 : 0;
		ok = zeros < ZEROS_MAX;
		if (!left || !is_function(&symbol))
			continue;
		length = strnlen(name, left < NAME_BYTES_MAX ? left : NAME_BYTES_MAX);
		/* Names may overlap in the file: together they are no longer than it may be. */
		if (t->name_bytes + length >= SYMTABLE_NAME_BYTES)
			break;
		if (length && length < left && name[length] == '\0')
			ok = function_add(t, &symbol, section_end(of, &symbol), name, length);
	}
	free(text);
	free(array);
	return ok;
}

static bool read_functions(struct symtable *t, const struct source *s, const Elf64_Ehdr *h)
{
	static const uint32_t types[] = {SHT_SYMTAB, SHT_DYNSYM};
	struct sections of = {read_sections(s, h), h->e_shnum};
	const Elf64_Shdr *section = of.header;
	bool ok = section;

	for (size_t type = 0; ok && !t->function_count && type < 2; type++)
		for (size_t i = 0; ok && !t->function_count && i < h->e_shnum; i++)
			if (section[i].sh_type == types[type] && section[i].sh_link < of.count)
				ok = functions_of(t, s, &of, &section[i]);
	free(of.header);
	return ok;
}

static int by_address(const void *a, const void *b, void *names)
{
	const struct function *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp((char *)names + x->name, (char *)names + y->name);
}

/* One name for each address. */
static void sort_functions(struct symtable *t)
{
	size_t kept = 0;

	if (t->function_count)
		qsort_r(t->functions, t->function_count, sizeof(*t->functions), by_address,
			t->names);
	for (size_t i = 0; i < t->function_count; i++)
		if (!kept || t->functions[i].address != t->functions[kept - 1].address)
			t->functions[kept++] = t->functions[i];
	t->function_count = kept;
}

struct symtable *symtable__read(int fd)
{
	struct source s = {.fd = fd, .until_ns = clock_now_ns() + SYMTABLE_NS};
	struct symtable *t = calloc(1, sizeof(*t));
	Elf64_Ehdr header = {0};

	if (t && read_header(&s, &header) && read_segments(t, &s, &header) &&
	    read_functions(t, &s, &header)) {
		sort_functions(t);
		return t;
	}
	symtable__free(t);
	return NULL;
}

void symtable__free(struct symtable *t)
{
	if (!t)
		return;
	free(t->segments);
	free(t->functions);
	free(t->names);
	free(t);
}

/* The address that the code at an offset is linked for. Segments may share a page of the file. */
static bool address_of(const struct symtable *t, uint64_t offset, uint64_t *address)
{
	bool found = false;

	for (size_t i = 0; i < t->segment_count; i++) {
		const struct segment *s = &t->segments[i];

		if (offset < s->offset || offset - s->offset >= s->size ||
		    (found && !s->executable))
			continue;
		*address = s->address + (offset - s->offset);
		found = true;
		if (s->executable)
			break;
	}
	return found;
}

const char *symtable__name(const struct symtable *t, uint64_t offset)
{
	size_t low = 0, high = t->function_count, first;
	uint64_t address = 0;

	if (!address_of(t, offset, &address))
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->functions[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	first = low > NESTED_MAX ? low - NESTED_MAX : 0;
	for (size_t i = low; i-- > first;) {
		const struct function *f = &t->functions[i];

		if (address - f->address < f->size ||
		    (!f->size && i == low - 1 && address < f->section_end))
			return t->names + f->name;
	}
	return NULL;
}

size_t symtable__bytes(const struct symtable *t)
{
	return sizeof(*t) + t->segment_count * sizeof(*t->segments) +
	       t->function_room * sizeof(*t->functions) + t->name_room;
}
