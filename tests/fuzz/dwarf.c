// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dwarf.c - any bytes as debug information: a byte each of how many 16 bytes are .debug_abbrev,
 * .debug_str, .debug_str_offsets, .debug_addr and .debug_rnglists, these, and .debug_info, in a
 * program made of them. Each function at its first addresses is a probe whose arguments are named.
 */
#include <bpf/libbpf.h>
#include <elf.h>

#include "fuzz.h"
#include "trace/statement/expr/fields.h"
#include "trace/statement/source/program.h"
#include "trace/statement/statement.h"

#define ADDRESSES 128

static const char names[] = "\0.debug_abbrev\0.debug_str\0.debug_str_offsets\0.debug_addr\0"
			    ".debug_rnglists\0.debug_info\0.debug_ranges\0.shstrtab";
static const unsigned int name_at[] = {1, 15, 26, 45, 57, 73, 85, 99};

/* The last part is .debug_info; .debug_ranges are the same bytes as .debug_rnglists. */
enum { PARTS = 6, RANGES = 4, SECTIONS_OF_IT = PARTS + 3 };

struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	Elf64_Shdr section[SECTIONS_OF_IT];
	char names[sizeof(names)];
	uint8_t bytes[];
};

static void fill_header(struct image *image)
{
#if defined(__aarch64__)
	const unsigned int machine = EM_AARCH64;
#else
	const unsigned int machine = EM_X86_64;
#endif
	image->header = (Elf64_Ehdr){.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
						 ELFDATA2LSB, EV_CURRENT},
				     .e_type = ET_DYN,
				     .e_machine = (Elf64_Half)machine,
				     .e_version = EV_CURRENT,
				     .e_phoff = offsetof(struct image, segment),
				     .e_shoff = offsetof(struct image, section),
				     .e_ehsize = sizeof(Elf64_Ehdr),
				     .e_phentsize = sizeof(Elf64_Phdr),
				     .e_phnum = 1,
				     .e_shentsize = sizeof(Elf64_Shdr),
				     .e_shnum = SECTIONS_OF_IT,
				     .e_shstrndx = SECTIONS_OF_IT - 1};
	image->segment = (Elf64_Phdr){.p_type = PT_LOAD, .p_filesz = 4096, .p_memsz = 4096};
	image->section[SECTIONS_OF_IT - 1] =
		(Elf64_Shdr){.sh_name = name_at[PARTS + 1],
			     .sh_type = SHT_STRTAB,
			     .sh_offset = offsetof(struct image, names),
			     .sh_size = sizeof(names)};
	memcpy(image->names, names, sizeof(names));
}

/* A program that has the bytes as its debug information. Returns its size. */
static size_t make_program(const uint8_t *data, size_t size, struct image **out)
{
	struct image *image = calloc(1, sizeof(*image) + size);
	size_t at = PARTS - 1;

	fill_header(image);
	memcpy(image->bytes, data, size);
	for (size_t i = 0; i < PARTS; i++) {
		size_t wanted = i + 1 < PARTS ? data[i] * 16U : size;
		size_t length = wanted < size - at ? wanted : size - at;

		image->section[1 + i] =
			(Elf64_Shdr){.sh_name = name_at[i],
				     .sh_type = SHT_PROGBITS,
				     .sh_offset = offsetof(struct image, bytes) + at,
				     .sh_size = length,
				     .sh_addralign = 1};
		at += length;
	}
	image->section[1 + PARTS] = image->section[1 + RANGES];
	image->section[1 + PARTS].sh_name = name_at[PARTS];
	*out = image;
	return sizeof(*image) + size;
}

/* Resolve an expression on an argument: steps, or a complaint. */
static void resolve(const struct scope *s, const char *format, const char *name, FILE *to)
{
	char text[512], expr[256];
	struct statement st;

	snprintf(expr, sizeof(expr), format, name);
	snprintf(text, sizeof(text), "uprobe:/x:f /%s/", expr);
	if (!statement_parse(&st, text) || !statement_resolve_in(&st, s, to))
		FUZZ_PROMISE(st.complaint.what[0] &&
			     st.complaint.at + st.complaint.length <= strlen(text));
	else
		FUZZ_PROMISE(st.predicate.count && st.predicate.count <= EXPR_STEPS);
	statement_free(&st);
}

struct members {
	const struct scope *scope;
	const char *argument;
	FILE *to;
	int left;
};

static void see_member(const char *name, const struct ctype_member *member, void *arg)
{
	struct members *m = arg;
	char both[160];

	(void)member;
	if (m->left-- <= 0)
		return;
	snprintf(both, sizeof(both), "%s.%.60s", m->argument, name);
	resolve(m->scope, "args.%s", both, m->to);
	resolve(m->scope, "args.%s[0]", both, m->to);
}

static void see_argument(const struct scope *s, const struct scope_arg *arg, FILE *to)
{
	struct members m = {s, arg->name, to, 5};

	resolve(s, "args.%s", arg->name, to);
	resolve(s, "*args.%s", arg->name, to);
	if (arg->type.kind == CTYPE_POINTER)
		ctype_members(s->btf, arg->type.id, see_member, &m);
}

static void see_function(const char *path, struct debug *debug, uint64_t offset, FILE *to)
{
	struct program_function f = {
		.by_fd = path, .path = "/x", .offsets = &offset, .count = 1, .all_types = true};
	struct scope scope;

	scope_of_name(&scope, NULL, "uprobe:/x:f");
	program_scope(&scope, debug, &f);
	if (scope.no_names)
		return; /* no function begins there */
	fields_print_scope(&scope, to);
	FUZZ_PROMISE(scope.args <= SCOPE_ARGS);
	for (unsigned int i = 0; i < scope.args; i++)
		see_argument(&scope, &scope.arg[i], to);
	scope_of_name(&scope, NULL, "uretprobe:/x:f");
	f.at_return = true;
	program_scope(&scope, debug, &f);
	fields_print_scope(&scope, to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct debug debug = {.asked = false};
	struct image *image;
	char *printed, path[40];
	size_t length;
	FILE *to;
	int fd;

	if (size < PARTS)
		return 0;
	libbpf_set_print(NULL);
	to = open_memstream(&printed, &length);
	length = make_program(data, size, &image);
	fd = fuzz_file((const uint8_t *)image, length, path);
	for (uint64_t offset = 0; offset < ADDRESSES; offset++)
		see_function(path, &debug, offset, to);
	debug_close(&debug);
	fclose(to);
	close(fd);
	free(image);
	free(printed);
	return 0;
}
