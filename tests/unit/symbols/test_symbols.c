// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_symbols.c - suggestions, CPU lists, and the symbols of kernel and ELF files. */
#include <dirent.h>
#include <fnmatch.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "host/cpulist.h"
#include "symbols/elf/binary.h"
#include "symbols/elf/elf.h"
#include "symbols/elf/suffix.h"
#include "symbols/kernel.h"
#include "cli/suggest.h"
#include "tests/test.h"

/* A static probe, twice: latchkit_test:one. And two that are cut short. */
#define NOTE(text) \
	".balign 4\n .4byte 2f-1f, 4f-3f, 3\n 1: .asciz \"stapsdt\"\n 2: .balign 4\n 3:" text \
	"\n 4: .balign 4\n"
#define PROBE NOTE(".8byte 0, 0, 0\n .asciz \"latchkit_test\"\n .asciz \"one\"\n .asciz \"\"")
asm(".pushsection .note.stapsdt,\"\",%note\n" PROBE PROBE
	    NOTE(".8byte 0, 0, 0\n .ascii \"cut\\0one\"") NOTE(".8byte 0") ".popsection\n");

#define SELF "/proc/self/exe"
static char directory[] = "/tmp/latchkit-test-XXXXXX";

int own_function(int x);

__attribute__((noinline)) int own_function(int x)
{
	asm volatile("" : "+r"(x));
	return x + 1;
}

static int make_directory(void **state)
{
	(void)state;
	return own_function(0) == 1 && mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

/* Returns the path, valid until the next call, of a file with that content. */
static const char *make_file(const char *name, const void *content, size_t size)
{
	static char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(content, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* --- suggest --- */

static const char *nearest(const char *wanted, const char *const *candidates)
{
	static struct suggest s;

	suggest_init(&s, wanted);
	while (*candidates)
		suggest_offer(&s, *candidates++);
	return suggest_best(&s);
}

#define NEAREST(wanted, ...) nearest(wanted, (const char *const[]){__VA_ARGS__, NULL})

TEST(suggests_one_typing_error)
{
	assert_string_equal(NEAREST("vfs_raed", "vfs_write", "vfs_read", "vfs_readv"), "vfs_read");
	assert_string_equal(NEAREST("vfs_rad", "vfs_open", "vfs_read"), "vfs_read");
	assert_string_equal(NEAREST("vfs_reead", "vfs_open", "vfs_read"), "vfs_read");
	assert_string_equal(NEAREST("vfs_resd", "vfs_open", "vfs_read"), "vfs_read");
	assert_string_equal(NEAREST("sched_swich", "sched_stat", "sched_switch"), "sched_switch");
	assert_string_equal(NEAREST("rign", "raw", "ring", "bank"), "ring");
	assert_string_equal(NEAREST("vfs_read", "vfs_reads", "vfs_read", "vfs_rea"), "vfs_read");
	assert_string_equal(NEAREST("cat", "bat", "rat"), "bat");
}

TEST(suggests_nothing_far)
{
	char longest[300];

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_null(NEAREST("vfs_read", "tcp_sendmsg", "do_exit", "v", ""));
	assert_null(NEAREST("abc", "axy", "xbd"));
	assert_non_null(NEAREST("ab", "ac"));
	assert_non_null(NEAREST("abcdef", "abcdxy"));
	assert_null(NEAREST("abcdef", "abcxyz"));
	assert_null(NEAREST("", "", "a"));
	assert_null(NEAREST("vfs_read", longest));
	assert_null(NEAREST(longest, longest));
	assert_string_equal(NEAREST(longest + 44, longest + 45), longest + 45);
}

TEST(knows_patterns)
{
	assert_true(glob_is_pattern("vfs_*"));
	assert_true(glob_is_pattern("vfs_?ead"));
	assert_false(glob_is_pattern("vfs_read"));
	assert_false(glob_is_pattern(""));
	assert_int_equal(fnmatch("vfs_*", "vfs_read", 0), 0);
}

TEST(parses_cpu_lists)
{
	static const char *const bad[] = {"", "1-", "-1", "4-2", "1x"};
	struct cpulist list;

	assert_int_equal(cpulist_parse("0,2-4\n", &list), 0);
	assert_int_equal(list.count, 4);
	assert_true(cpulist_has(&list, 0) && cpulist_has(&list, 4) && !cpulist_has(&list, 1));
	assert_int_equal(cpulist_parse("3,3,3", &list), 0);
	assert_int_equal(list.count, 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cpulist_parse(bad[i], &list), -EINVAL);
	assert_int_equal(cpulist_parse("1024", &list), -ERANGE);
	assert_int_equal(cpulist_parse("99999999999999999999", &list), -ERANGE);
}

/* --- ksyms --- */

static int join(const char *name, void *text)
{
	strcat(strcat(text, name), " ");
	return 0;
}

/* What a walk over names has shown. It reads all that it is given. */
struct seen {
	size_t count, own, cut, unordered, bytes;
	size_t stop_at; /* after so many names return 42; 0: go on to the end */
	const char *before;
};

static int see_name(const char *name, void *arg)
{
	struct seen *seen = arg;

	seen->unordered += seen->before && strcmp(seen->before, name) >= 0;
	seen->before = name;
	seen->bytes += strlen(name);
	return ++seen->count == seen->stop_at ? 42 : 0;
}

static int see_function(const struct elf_function *f, void *arg)
{
	struct seen *seen = arg;

	seen->own += strcmp(f->name, "own_function") == 0 && f->offset_count == 1;
	return see_name(f->name, arg);
}

static int see_probe(const char *provider, const char *name, void *arg)
{
	struct seen *seen = arg;

	seen->own += strcmp(provider, "latchkit_test") == 0 && strcmp(name, "one") == 0;
	seen->own += strcmp(provider, "latchkit") == 0 && strcmp(name, "step") == 0;
	seen->cut += strcmp(provider, "cut") == 0;
	seen->bytes += strlen(provider) + strlen(name);
	return 0;
}

static struct ksyms *load_text(const char *text)
{
	return ksyms__load_file(make_file("kallsyms", text, strlen(text)));
}

static void assert_kernel_name(const struct ksyms *k, uint64_t address, const char *name,
			       uint64_t offset)
{
	uint64_t got = 0;

	assert_string_equal(ksyms__name(k, address, &got), name);
	assert_int_equal(got, offset);
	assert_string_equal(ksyms__name(k, address, NULL), name);
}

TEST(ksyms_finds_functions)
{
	struct ksyms *k = load_text("0000000000000000 D per_cpu\nnonsense\n\n12 \n"
				    "ffffffff81002000 t beta\nffffffff81001000 T alpha\n"
				    "ffffffff81001000 T alias\nffffffff81003000 D data\n"
				    "ffffffff81004000 d more_data\n"
				    "ffffffffc0000000 t beta\t[module]\nffffffffc0000100 W weak\n");
	char text[256] = "";
	struct seen seen = {.stop_at = 1};

	assert_non_null(k);
	assert_true(ksyms__addresses_known(k));
	assert_kernel_name(k, 0xffffffff81001000, "alpha", 0);
	assert_kernel_name(k, 0xffffffff81001fff, "alpha", 0xfff);
	assert_kernel_name(k, 0xffffffff81002010, "beta", 0x10);
	assert_kernel_name(k, 0xffffffffc0000010, "beta", 0x10);
	assert_kernel_name(k, 0xffffffffc0000200, "weak", 0x100);
	assert_null(ksyms__name(k, 0xffffffff81000fff, NULL));
	assert_null(ksyms__name(k, 0xffffffff81003000, NULL));
	assert_null(ksyms__name(k, 0xffffffff81005000, NULL));
	assert_null(ksyms__name(k, 0xffffffffffffffff, NULL));
	assert_null(ksyms__name(k, 0, NULL));
	assert_true(ksyms__has_function(k, "alias") && ksyms__has_function(k, "weak"));
	assert_false(ksyms__has_function(k, "data") || ksyms__has_function(k, "alph"));
	assert_int_equal(ksyms__for_each_function(k, join, text), 0);
	assert_string_equal(text, "alias alpha beta weak ");
	assert_int_equal(ksyms__for_each_function(k, see_name, &seen), 42);
	assert_int_equal(seen.count, 1);
	ksyms__free(k);
}

TEST(ksyms_knows_hidden_addresses)
{
	struct ksyms *k = load_text("0000000000000000 T one\n0000000000000000 D data\n"
				    "0000000000000000 t two\t[module]");
	char text[256] = "";

	assert_non_null(k);
	assert_false(ksyms__addresses_known(k));
	assert_null(ksyms__name(k, 0, NULL));
	assert_null(ksyms__name(k, 0xffffffff81001000, NULL));
	assert_true(ksyms__has_function(k, "one"));
	ksyms__for_each_function(k, join, text);
	assert_string_equal(text, "one two ");
	ksyms__free(k);
}

TEST(ksyms_says_why_not)
{
	assert_null(ksyms__load_file("/no/such/file"));
	assert_int_equal(errno, ENOENT);
	assert_null(ksyms__load_file("/"));
	assert_int_equal(errno, EISDIR);
	assert_null(load_text(""));
	assert_int_equal(errno, ENODATA);
	assert_null(load_text("ffffffff81003000 D data\n"));
	assert_int_equal(errno, ENODATA);
	ksyms__free(NULL);
}

TEST(ksyms_loads_this_kernel)
{
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd, bytes;
	struct ksyms *k = ksyms__load();
	struct seen seen = {0};

	if (!k) {
		print_message("skip: /proc/kallsyms: %s\n", strerror(errno));
		skip();
	}
	bytes = mallinfo2().uordblks + mallinfo2().hblkhd - before;
	assert_int_equal(ksyms__for_each_function(k, see_name, &seen), 0);
	assert_int_equal(seen.unordered, 0);
	assert_true(seen.count > 1000);
	assert_true(bytes <= 50 * (seen.count > 120000 ? seen.count : 120000));
	assert_true(ksyms__has_function(k, "vfs_read"));
	assert_false(ksyms__has_function(k, "vfs_raed"));
	assert_null(ksyms__name(k, 1, NULL));
	print_message("%zu names, %zu bytes, addresses %s\n", seen.count, bytes,
		      ksyms__addresses_known(k) ? "known" : "hidden");
	ksyms__free(k);
}

/* --- suffixes --- */

TEST(suffixes_are_told_apart)
{
	static const struct {
		const char *name;
		enum suffix suffix;
		size_t bare;
	} cases[] = {
		{"f", SUFFIX_NONE, 1},
		{"f.isra.0", SUFFIX_CLONE, 1},
		{"f.constprop.12", SUFFIX_CLONE, 1},
		{"f.llvm.1234567", SUFFIX_CLONE, 1},
		{"f.isra.0.part.3", SUFFIX_PART, 1},
		{"f.part.0.cold", SUFFIX_COLD, 1},
		{"f.cold.1", SUFFIX_COLD, 1},
		{"main.visit", SUFFIX_NONE, 10},
		{"main.visit.cold", SUFFIX_NONE, 15},
		{".text", SUFFIX_NONE, 5},
		{"f.", SUFFIX_NONE, 2},
		{"", SUFFIX_NONE, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t bare;

		assert_int_equal(suffix_of(cases[i].name, &bare), cases[i].suffix);
		assert_int_equal(bare, cases[i].bare);
	}
	assert_true(suffix_extends("read.isra.0", "read"));
	assert_false(suffix_extends("read.isra.0", "rea"));
	assert_false(suffix_extends("read", "read"));
	assert_false(suffix_extends("main.read", "main"));
}

/* --- elf_syms --- */

TEST(elf_lists_functions_and_probes)
{
	struct seen all = {0}, first = {.stop_at = 1}, probes = {0}, libc = {0};
	char path[512];

	assert_int_equal(elf_syms_for_each(SELF, see_function, &all), 0);
	assert_int_equal(all.own, 1);
	assert_int_equal(elf_syms_for_each(SELF, see_function, &first), 42);
	assert_int_equal(first.count, 1);
	assert_int_equal(elf_usdt_for_each(SELF, see_probe, &probes), 0);
	assert_int_equal(probes.cut, 0);
	assert_int_equal(probes.own, 1); /* though it is there twice */
#ifdef TARGET
	assert_int_equal(elf_usdt_for_each(TARGET, see_probe, &probes), 0);
	assert_int_equal(probes.own, 2);
#endif
	assert_int_equal(binary_find(0, "libc", path, sizeof(path)), 0);
	assert_int_equal(elf_syms_for_each(path, see_function, &libc), 0);
	assert_int_equal(libc.unordered, 0);
	assert_true(libc.count > 500);
}

static void read_elf(const char *path, int *syms, int *usdt)
{
	struct seen seen = {0};

	*syms = elf_syms_for_each(path, see_function, &seen);
	*usdt = elf_usdt_for_each(path, see_probe, &seen);
}

static void assert_not_elf(const char *path, int error)
{
	int syms, usdt;

	read_elf(path, &syms, &usdt);
	assert_int_equal(syms, error);
	assert_int_equal(usdt, error);
}

TEST(elf_refuses_other_files)
{
	char fifo[128];

	assert_not_elf("/no/such/file", -ENOENT);
	assert_not_elf("/", -ENOEXEC);
	assert_not_elf("/dev/null", -ENOEXEC);
	assert_not_elf(make_file("empty", "", 0), -ENOEXEC);
	assert_not_elf(make_file("text", "#!/bin/sh\n", 10), -ENOEXEC);
	assert_not_elf(make_file("magic", "\177ELF", 4), -ENOEXEC);
	snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_not_elf(fifo, -ENOEXEC);
}

/* Returns this program, for free(). */
static unsigned char *read_self(size_t *size)
{
	FILE *f = fopen(SELF, "r");
	unsigned char *image;
	struct stat st;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	*size = (size_t)st.st_size;
	image = malloc(*size);
	assert_non_null(image);
	assert_int_equal(fread(image, 1, *size, f), *size);
	fclose(f);
	return image;
}

/* Reads the image as a file: names or -ENOEXEC, but no crash. */
static void try_image(const unsigned char *image, size_t size)
{
	const char *path = make_file("image", image, size);
	int syms, usdt;

	read_elf(path, &syms, &usdt);
	assert_true(syms == 0 || syms == -ENOEXEC);
	assert_true(usdt == 0 || usdt == -ENOEXEC);
}

TEST(elf_survives_damage)
{
	size_t size, sections;
	unsigned char *image = read_self(&size);
	unsigned int random = 1;

	for (size_t length = 0; length < 4096; length += 97)
		try_image(image, length);
	for (size_t i = 1; i < 64; i++)
		try_image(image, size / 64 * i);
	assert_not_elf(make_file("image", image, size / 2), -ENOEXEC);
	memcpy(&sections, image + 40, sizeof(sections)); /* e_shoff: headers are at the end */
	assert_true(sections < size);
	for (int i = 0; i < 300; i++) {
		unsigned char *byte, old;

		random = random * 1103515245 + 12345;
		byte = image + (i % 4 ? sections + (random >> 8) % (size - sections)
				      : 4 + (random >> 8) % 60);
		old = *byte;
		*byte ^= (unsigned char)(1 + random % 255);
		try_image(image, size);
		if (i % 3)
			*byte = old;
	}
	free(image);
}

/* The path that the name stands for ends so. */
static void assert_binary(const char *name, const char *path)
{
	char found[512];
	size_t length;

	assert_int_equal(binary_find(0, name, found, sizeof(found)), 0);
	length = strlen(found);
	assert_true(length >= strlen(path));
	assert_string_equal(found + length - strlen(path), path);
}

static void assert_no_binary(const char *name)
{
	char found[512];

	assert_int_equal(binary_find(0, name, found, sizeof(found)), -ENOENT);
}

TEST(elf_finds_binaries)
{
	char *path_before = strdup(getenv("PATH") ? getenv("PATH") : ""), path[512], wanted[128];

	assert_binary("sh", "/sh");
	snprintf(wanted, sizeof(wanted), "%s/tool", directory);
	assert_int_equal(mkdir(wanted, 0700), 0); /* a directory is no program */
	setenv("PATH", directory, 1);
	assert_no_binary("tool");
	assert_int_equal(rmdir(wanted), 0);
	assert_int_equal(chmod(make_file("tool", "", 0), 0700), 0);
	snprintf(path, sizeof(path), "/no/such:%s", directory);
	setenv("PATH", path, 1);
	assert_binary("tool", wanted);
	assert_int_equal(binary_find(0, "tool", path, strlen(wanted)), -ENAMETOOLONG);
	setenv("PATH", path_before, 1);
	free(path_before);

	assert_binary(wanted, wanted);
	assert_no_binary("/no/such");
	assert_no_binary("no-such-program");
	assert_no_binary("");
	assert_no_binary("lib*");
	assert_binary("libc.so.6", "/libc.so.6");
	assert_binary("libc", "/libc.so.6");
	assert_binary("libc.so", "/libc.so.6"); /* which itself is a linker script */
}

int main(void)
{
	return tests_run("symbols", make_directory, remove_directory);
}
