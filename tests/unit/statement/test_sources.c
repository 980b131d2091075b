// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_sources.c - where arguments come from: lines of format files, types of modules, debug
 * information of programs, also where the kernel has no type information.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "symbols/dwarf/dwarf.h"
#include "symbols/elf/elf.h"
#include "tests/test.h"
#include "tests/unit/statement/statement_test.h"
#include "tests/unit/statement/types.h"
#include "trace/statement/expr/format_file.h"
#include "trace/statement/source/module.h"
#include "trace/statement/source/program.h"

TEST(fields_of_records_have_places)
{
	static const struct {
		const char *line, *name, *type, *index;
		unsigned int offset, size;
		bool is_signed;
		enum format_place place;
	} lines[] = {
		{"\tfield:int code;\toffset:16;\tsize:4;\tsigned:1;\n", "code", "int", "", 16, 4,
		 true, PLACE_FIELD},
		{"\tfield:char comm[16];\toffset:20;\tsize:16;\tsigned:0;\n", "comm", "char",
		 "[16]", 20, 16, false, PLACE_FIELD},
		{"\tfield:__data_loc char[] cmd;\toffset:52;\tsize:4;\tsigned:0;\n", "cmd",
		 "__data_loc char[]", "", 52, 4, false, PLACE_DYNAMIC},
		{"\tfield:__rel_loc char[] s;\toffset:8;\tsize:4;\tsigned:0;\n", "s",
		 "__rel_loc char[]", "", 8, 4, false, PLACE_RELATIVE},
	};
	struct format_field field;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_true(format_file_line(lines[i].line, &field));
		assert_string_equal(field.name, lines[i].name);
		assert_string_equal(field.type, lines[i].type);
		assert_string_equal(field.index, lines[i].index);
		assert_int_equal(field.offset, lines[i].offset);
		assert_int_equal(field.size, lines[i].size);
		assert_int_equal(field.is_signed, lines[i].is_signed);
		assert_int_equal(format_field_place(&field), lines[i].place);
	}
	assert_false(format_file_line("\tfield:char [16];\toffset:8;", &field));
	assert_false(format_file_line("\tfield:];", &field));
}

static void write_file(const char *directory, const char *name, const void *data, size_t size)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

/* "int in_module(struct sample *p, struct own *o)" behind the types of the test. */
static void write_module(const char *directory)
{
	struct btf *btf = btf__new_empty_split((struct btf *)test_types());
	int sample = btf__find_by_name_kind(test_types(), "sample", BTF_KIND_STRUCT);
	int number = btf__find_by_name_kind(test_types(), "int", BTF_KIND_INT);
	int own = btf__add_struct(btf, "own", 8), proto;
	unsigned int size;
	const void *data;

	assert_int_equal(btf__add_field(btf, "pad", number, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "depth", number, 32, 0), 0);
	sample = btf__add_ptr(btf, sample);
	own = btf__add_ptr(btf, own);
	proto = btf__add_func_proto(btf, number);
	btf__add_func_param(btf, "p", sample);
	btf__add_func_param(btf, "o", own);
	btf__add_func(btf, "in_module", BTF_FUNC_STATIC, proto);
	data = btf__raw_data(btf, &size);
	write_file(directory, "a_module", data, size);
	write_file(directory, "damaged", data, size / 2);
	btf__free(btf);
}

TEST(modules_have_types_of_their_own)
{
	static const char *const accepted[] = {
		"kprobe:in_module {sum(args.o.depth)}",
		"fexit:in_module {sum(args.p.in.x) by retval}",
		"kprobe:in_module /((struct own *)arg1)->depth > 1 && curtask->pid/",
	};
	char directory[] = "/tmp/latchkit-test-XXXXXX", command[64];
	struct module_types modules = {.directory = directory};
	const struct btf *types;
	struct statement st;
	struct scope scope;

	assert_non_null(mkdtemp(directory));
	write_module(directory);
	types = module_types_for(&modules, test_types(), "kprobe", "in_module");
	assert_ptr_not_equal(types, test_types());
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		assert_true(statement_parse(&st, accepted[i]));
		scope_of_name(&scope, types, st.probe);
		if (!statement_resolve_in(&st, &scope, NULL))
			fail_msg("%s: %s", accepted[i], st.complaint.what);
		statement_free(&st);
	}
	assert_ptr_equal(module_types_for(&modules, test_types(), "kprobe", "does"), test_types());
	assert_ptr_equal(module_types_for(&modules, test_types(), "kprobe", "nobody"),
			 test_types());
	assert_ptr_equal(module_types_for(&modules, NULL, "kprobe", "in_module"), NULL);
	module_types_free(&modules);
	snprintf(command, sizeof(command), "rm -r %s", directory);
	assert_int_equal(system(command), 0);
}

struct wanted {
	const char *name;
	uint64_t offset;
};

static int note_offset(const struct elf_function *f, void *arg)
{
	struct wanted *w = arg;

	if (strcmp(f->name, w->name) == 0)
		w->offset = f->offsets[0];
	return 0;
}

/* What a statement at a function of the program comes to; NULL: it is accepted. */
static void program_says(const struct btf *kernel, const char *name, const char *text,
			 const char *want)
{
	struct wanted w = {.name = name};
	struct debug debug = {.asked = false};
	struct program_function f = {.by_fd = STATEMENT_PROGRAM,
				     .path = STATEMENT_PROGRAM,
				     .offsets = &w.offset,
				     .count = 1,
				     .all_types = true};
	struct statement st;
	struct scope scope;

	assert_int_equal(elf_syms_for_each(STATEMENT_PROGRAM, note_offset, &w), 0);
	assert_true(statement_parse(&st, text));
	scope_of_name(&scope, kernel, st.probe);
	f.at_return = strncmp(text, "uretprobe", 9) == 0;
	program_scope(&scope, &debug, &f);
	if (statement_resolve_in(&st, &scope, NULL) ? want != NULL
						    : !want || !strstr(st.complaint.what, want))
		fail_msg("%s: not '%s': %s", text, want ? want : "", st.complaint.what);
	statement_free(&st);
	debug_close(&debug);
}

TEST(programs_need_no_types_of_the_kernel)
{
	const char *text = "uprobe:/x:submit {sum(args.r.length) by ((struct hidden *)arg1).value}";

	program_says(NULL, "submit", text, NULL);
	program_says(test_types(), "submit", text, NULL);
	program_says(NULL, "submit", "uprobe:/x:submit /args.colour == GREEN/", NULL);
	program_says(NULL, "submit", "uprobe:/x:submit /args.r.length > curtask.pid/",
		     "this kernel has no type information (BTF)");
	program_says(test_types(), "submit", "uprobe:/x:submit /args.r.length > curtask.pid/",
		     NULL);
	/* The program's own come before the kernel's of the same name: RED is 0 in both. */
	program_says(test_types(), "submit", "uprobe:/x:submit /args.r.to->owner.three[2] == BLUE/",
		     NULL);
	program_says(NULL, "narrow", "uretprobe:/x:narrow {sum(retval)}", NULL);
	program_says(NULL, "silent", "uretprobe:/x:silent {sum(retval)}", "returns nothing");
}

TEST(what_has_no_debug_information_says_so)
{
	struct dwarf *d;

	assert_int_equal(dwarf_open(STATEMENT_TYPES, &d), -ENOEXEC); /* a program for BPF */
	assert_null(d);
	assert_int_equal(dwarf_open("/dev/null", &d), -ENOEXEC);
	assert_int_equal(dwarf_open("/does/not/exist", &d), -ENOENT);
}

TEST(what_has_no_bytes_is_told)
{
	static const char *const wrong[][2] = {
		{"kprobe:does /args.p.hole/", "args.p.hole: is a struct nothing of 0 bytes"},
		{"kprobe:does /args.p.hole.x/", "args.p.hole.x: no such field of struct nothing"},
		{"kprobe:does /args.p.none/", "args.p.none: is an array of unknown length"},
		{"kprobe:does /args.p.grid[1][3]/", "there is no [3]: the array has 3 elements"},
		{"kprobe:does /&args.p.bits_in_union/", "is a bit field: it has no address"},
	};
	struct statement st;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (test_resolve(&st, wrong[i][0]))
			fail_msg("%s: is accepted", wrong[i][0]);
		if (!strstr(st.complaint.what, wrong[i][1]))
			fail_msg("%s: %s", wrong[i][0], st.complaint.what);
		assert_true(st.complaint.length > 0);
		statement_free(&st);
	}
}
