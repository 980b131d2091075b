// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_processes.c - names of addresses in processes: what is mapped, files of strangers that
 * change and lie, maps of JIT compilers, demangling.
 */
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "host/clock.h"
#include "symbols/demangle.h"
#include "symbols/files.h"
#include "symbols/perf_map.h"
#include "symbols/table.h"
#include "symbols/user.h"
#include "tests/test.h"

static char directory[] = "/tmp/latchkit-test-XXXXXX";

__attribute__((noinline)) static int own_function(int x)
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

/* Returns a descriptor for reading and writing of a file with that content. */
static int make_file(const char *name, const void *content, size_t size)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, size), size);
	return fd;
}

/* Returns this program, for free(). */
static unsigned char *read_self(size_t *size)
{
	FILE *f = fopen("/proc/self/exe", "r");
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

/* Where the code of own_function() is in this program's file. */
static uint64_t own_offset(void)
{
	unsigned long start, end, offset, address = (unsigned long)(uintptr_t)own_function;
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 &&
		    address >= start && address < end) {
			fclose(maps);
			return address - start + offset;
		}
	fail();
	return 0;
}

/* --- tables of files --- */

TEST(table_names_functions)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct symtable *t = symtable__read(fd);

	assert_non_null(t);
	assert_string_equal(symtable__name(t, own_offset()), "own_function");
	assert_string_equal(symtable__name(t, own_offset() + 1), "own_function");
	assert_null(symtable__name(t, 0));
	assert_null(symtable__name(t, UINT64_MAX));
	symtable__free(t);
	symtable__free(NULL);
	close(fd);
}

/*
 * Functions of assembly have no size in the file. They reach up to the next one, but not into
 * another section: behind _init of .init come the jumps of .plt, which have no names.
 */
TEST(table_ends_functions_with_their_section)
{
	size_t size;
	unsigned char *image = read_self(&size);
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)(const void *)image;
	const Elf64_Shdr *section = (const Elf64_Shdr *)(const void *)(image + h->e_shoff);
	int fd = make_file("self", image, size), found = 0;
	struct symtable *t = symtable__read(fd);

	assert_non_null(t);
	for (int i = 0; i < h->e_shnum; i++) {
		const char *name =
			(const char *)image + section[h->e_shstrndx].sh_offset + section[i].sh_name;

		if (strcmp(name, ".init") == 0) {
			assert_string_equal(symtable__name(t, section[i].sh_offset), "_init");
			found |= 1;
		} else if (strcmp(name, ".plt") == 0) {
			assert_null(symtable__name(t, section[i].sh_offset));
			found |= 2;
		}
	}
	assert_int_equal(found, 3);
	symtable__free(t);
	close(fd);
	free(image);
}

/* A table, or none, but no crash, and no name that was not in the file. */
static void try_table(const unsigned char *image, size_t size)
{
	int fd = make_file("image", image, size);
	struct symtable *t = symtable__read(fd);

	for (uint64_t offset = 0; t && offset < size; offset += 4099) {
		const char *name = symtable__name(t, offset);

		assert_true(!name || strlen(name) < size);
	}
	symtable__free(t);
	close(fd);
}

TEST(table_survives_damage)
{
	size_t size, sections;
	unsigned char *image = read_self(&size);
	unsigned int random = 7;

	memcpy(&sections, image + 40, sizeof(sections)); /* e_shoff: headers are at the end */
	assert_true(sections < size);
	for (size_t i = 0; i < 64; i++)
		try_table(image, size / 64 * i);
	for (int i = 0; i < 300; i++) {
		unsigned char *byte, old;

		random = random * 1103515245 + 12345;
		byte = image +
		       (i % 4 ? sections + (random >> 8) % (size - sections) : (random >> 8) % 400);
		old = *byte;
		*byte ^= (unsigned char)(1 + random % 255);
		try_table(image, size);
		if (i % 3)
			*byte = old;
	}
	free(image);
}

/* A file that says that its tables take what no memory has: there are no names, and no harm. */
TEST(table_has_limits)
{
	size_t size, sections, before = mallinfo2().uordblks;
	unsigned char *image = read_self(&size);
	uint64_t huge = 1ULL << 40;
	int fd;

	memcpy(&sections, image + 40, sizeof(sections));
	for (size_t at = sections + 32; at + 8 <= size; at += 64)
		memcpy(image + at, &huge, sizeof(huge)); /* sh_size */
	fd = make_file("huge", image, size);
	assert_int_equal(ftruncate(fd, (off_t)(huge * 2)), 0); /* sparse */
	assert_null(symtable__read(fd));
	assert_true(mallinfo2().hblkhd < 64 << 20);
	free(image);
	assert_true(mallinfo2().uordblks < before + (1 << 20));
	close(fd);
}

/* --- programs --- */

static struct usyms_program program_of(pid_t pid, unsigned int execs)
{
	return (struct usyms_program){.tgid = (unsigned int)pid, .execs = execs};
}

static void see(struct usyms *u, pid_t pid, unsigned int execs, uint64_t address)
{
	struct usyms_program program = program_of(pid, execs);
	struct usyms_numbers numbers = {.pid = pid, .inner = pid};
	unsigned long long at = address;

	usyms__see(u, &program, &numbers, &at, 1);
}

static uint64_t address_of(int (*function)(int))
{
	return (uint64_t)(uintptr_t)function;
}

/* The name that the address has when the program was seen there. */
static void assert_name(struct usyms *u, pid_t pid, uint64_t address, const char *name)
{
	struct usyms_program program = program_of(pid, 0);
	char buf[256];

	see(u, pid, 0, address);
	assert_true(usyms__name(u, &program, address, true, buf, sizeof(buf)));
	assert_string_equal(buf, name);
}

static void assert_unknown(struct usyms *u, pid_t pid, uint64_t address)
{
	struct usyms_program program = program_of(pid, 0);
	char buf[256];

	see(u, pid, 0, address);
	assert_false(usyms__name(u, &program, address, true, buf, sizeof(buf)));
	assert_string_equal(buf, "[unknown]");
}

TEST(usyms_names_own_functions)
{
	struct usyms_program program = program_of(getpid(), 0);
	struct usyms *u = usyms__new();
	char buf[256];

	assert_non_null(u);
	assert_false(usyms__name(u, &program, address_of(own_function), true, buf, sizeof(buf)));
	assert_name(u, getpid(), address_of(own_function), "own_function");
	assert_name(u, getpid(), address_of(own_function) + 1, "own_function");
	assert_name(u, getpid(), (uint64_t)(uintptr_t)getppid, "getppid");
	assert_true(usyms__name(u, &program, address_of(own_function), true, buf, 4));
	assert_string_equal(buf, "own");
	assert_unknown(u, getpid(), 0);
	assert_unknown(u, getpid(), 16);
	assert_unknown(u, getpid(), UINT64_MAX);
	assert_unknown(u, getpid(), (uint64_t)(uintptr_t)__builtin_frame_address(0));
	assert_unknown(u, -1, address_of(own_function));
	assert_unknown(u, 4194303, address_of(own_function));
	usyms__free(u);
	usyms__free(NULL);
}

/* Map a file as code. */
static char *map_code(int fd, size_t size)
{
	char *code = mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	assert_ptr_not_equal(code, MAP_FAILED);
	return code;
}

/* As dlopen(3) does, after the process was first looked at: known at once, the others still. */
TEST(usyms_sees_new_mappings)
{
	int fd = make_file("data", "no symbols", 10);
	struct usyms *u = usyms__new();
	char *data;

	assert_name(u, getpid(), address_of(own_function), "own_function");
	data = map_code(fd, 10);
	assert_name(u, getpid(), (uint64_t)(uintptr_t)data + 7, "[data+0x7]");
	assert_name(u, getpid(), address_of(own_function), "own_function");
	munmap(data, 10);
	close(fd);
	usyms__free(u);
}

/* What has the name of the file now is another one. */
TEST(usyms_tells_replaced_files)
{
	struct usyms *u = usyms__new();
	char *code, path[256], buf[256];
	struct usyms_program program = program_of(getpid(), 0);
	unsigned char *image;
	uint64_t address;
	size_t size;
	int fd;

	fd = make_file("replaced", "no symbols", 10);
	code = map_code(fd, 10);
	snprintf(path, sizeof(path), "%s/replaced", directory);
	assert_int_equal(unlink(path), 0);
	image = read_self(&size);
	close(make_file("replaced", image, size));
	address = (uint64_t)(uintptr_t)code + own_offset() % 4096;
	see(u, getpid(), 0, address);
	assert_true(usyms__name(u, &program, address, true, buf, sizeof(buf)));
	assert_non_null(strstr(buf, "[replaced (deleted)+0x"));
	munmap(code, 10);
	free(image);
	close(fd);
	usyms__free(u);
}

/* Cuts and restores a file for ever. */
static pid_t start_cutter(int fd, const void *image, size_t size)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (;;)
		if (ftruncate(fd, (off_t)(size / 2)) || usleep(300) || ftruncate(fd, (off_t)size) ||
		    pwrite(fd, image, size, 0) < 0 || usleep(300))
			_exit(1);
}

/*
 * A file that somebody cuts short all the time has the right name or none: no SIGBUS, as from a
 * file that is mapped, and no name from pages that are not written again yet.
 */
TEST(usyms_survives_cut_files)
{
	size_t size;
	unsigned char *image = read_self(&size);
	int fd = make_file("cut", image, size), named = 0;
	char *code = map_code(fd, size);
	uint64_t address = (uint64_t)(uintptr_t)code + own_offset();
	struct usyms_program program = program_of(getpid(), 0);
	pid_t cutter = start_cutter(fd, image, size);

	assert_true(cutter > 0);
	for (int i = 0; i < 300; i++) {
		struct usyms *u = usyms__new();
		char buf[256];

		see(u, getpid(), 0, address);
		assert_true(usyms__name(u, &program, address, true, buf, sizeof(buf)));
		named += strcmp(buf, "own_function") == 0;
		assert_true(strcmp(buf, "own_function") == 0 || strncmp(buf, "[cut+0x", 7) == 0);
		usyms__free(u);
	}
	assert_int_equal(waitpid(cutter, NULL, WNOHANG), 0);
	assert_int_equal(kill(cutter, SIGKILL), 0);
	assert_int_equal(waitpid(cutter, NULL, 0), cutter);
	print_message("named in %d of 300\n", named);
	munmap(code, size);
	free(image);
	close(fd);
}

/* A stopped child that is a copy of this process. When it is continued it executes sleep(1). */
static pid_t start_child(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		raise(SIGSTOP);
		execlp("sleep", "sleep", "100", NULL);
		_exit(1);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	return pid;
}

static void end_child(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

TEST(usyms_remembers_the_dead)
{
	struct usyms *u = usyms__new();
	pid_t watched = start_child(), other = start_child();
	struct usyms_program orphan = program_of(other, 1);
	struct usyms_numbers numbers = {.pid = other, .inner = other, .parent = getpid()};
	unsigned long long address = address_of(own_function);
	char buf[256];

	assert_name(u, watched, address_of(own_function), "own_function");
	kill(other, SIGKILL);
	waitid(P_PID, (id_t)other, &(siginfo_t){0}, WEXITED | WNOWAIT);
	assert_unknown(u, other, address_of(own_function)); /* a zombie */
	usyms__see(u, &orphan, &numbers, &address, 1); /* whose parent runs the same program */
	assert_true(usyms__name(u, &orphan, address, true, buf, sizeof(buf)));
	assert_string_equal(buf, "own_function");
	end_child(watched);
	waitpid(other, NULL, 0);
	assert_name(u, watched, address_of(own_function), "own_function");
	assert_unknown(u, watched, 16);
	assert_unknown(u, other, address_of(own_function));
	usyms__free(u);
}

static int open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* The child maps a file as code, tells where, and is gone: nobody has looked at it before. */
TEST(usyms_hears_of_the_short_lived)
{
	int fd = make_file("short", "no symbols", 10), told[2], others = open_files();
	struct usyms *u = usyms__new();
	uint64_t address;
	pid_t pid;

	if (open_files() == others) {
		usyms__free(u);
		skip_with_reason("perf events of all processes are refused");
	}
	assert_int_equal(pipe(told), 0);
	pid = fork();
	if (pid == 0) {
		char *code = mmap(NULL, 10, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

		_exit(write(told[1], &code, sizeof(code)) != sizeof(code));
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(read(told[0], &address, sizeof(address)), sizeof(address));
	assert_name(u, pid, address + 7, "[short+0x7]");
	assert_unknown(u, pid, 16);
	close(told[0]);
	close(told[1]);
	close(fd);
	usyms__free(u);
}

/* Returns where the first file that the process has mapped is, once it has one but `before`. */
static uint64_t await_other_program(pid_t pid, uint64_t before)
{
	char path[64], line[512];
	uint64_t start = before;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	for (int i = 0; i < 5000 && start == before; i++) {
		FILE *maps = fopen(path, "r");

		assert_non_null(maps);
		while (fgets(line, sizeof(line), maps))
			if (strstr(line, "r-xp") && strchr(line, '/')) {
				start = strtoull(line, NULL, 16);
				break;
			}
		fclose(maps);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	return start;
}

/* Before and after an exec the same address belongs to two programs. */
TEST(usyms_follows_exec)
{
	struct usyms *u = usyms__new();
	pid_t pid = start_child();
	uint64_t before = await_other_program(pid, 0), after;
	struct usyms_program second = program_of(pid, 1);
	char buf[256];

	assert_name(u, pid, address_of(own_function), "own_function");
	assert_int_equal(kill(pid, SIGCONT), 0);
	after = await_other_program(pid, before);
	assert_int_not_equal(before, after);
	see(u, pid, 1, after);
	assert_true(usyms__name(u, &second, after, true, buf, sizeof(buf)));
	assert_name(u, pid, address_of(own_function), "own_function");
	see(u, pid, 1, address_of(own_function));
	assert_false(usyms__name(u, &second, address_of(own_function), true, buf, sizeof(buf)));
	end_child(pid);
	usyms__free(u);
}

/* More programs than it remembers, twice: descriptors and memory stay bounded and are freed. */
TEST(usyms_forgets_the_oldest)
{
	enum { MANY = USYMS_PROGRAMS + 1000 };
	struct usyms_program first = program_of(getpid(), 0), second = program_of(getpid(), 1);
	uint64_t address = address_of(own_function);
	int files = open_files(), cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
	struct usyms *u = usyms__new();
	size_t used[2];
	char buf[256];

	for (int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < MANY; i++) {
			see(u, getpid(), i, address);
			see(u, getpid(), 0, address);
		}
		used[round] = mallinfo2().uordblks;
	}
	assert_true(used[1] <= used[0] + used[0] / 10);
	assert_true(usyms__name(u, &first, address, true, buf, sizeof(buf)));
	assert_string_equal(buf, "own_function");
	assert_false(usyms__name(u, &second, address, true, buf, sizeof(buf)));
	assert_true(open_files() <= files + SYMFILES_OPEN + cpus);
	assert_int_equal(usyms__counts(u).tables_read, 1); /* of all of them together */
	usyms__free(u);
	assert_int_equal(open_files(), files);
}

/* However many stacks a process has: it is looked at when it has mapped something new. */
TEST(usyms_reads_once_a_change)
{
	struct usyms *u = usyms__new();
	unsigned long long since = clock_now_ns(), pauses;
	struct usyms_counts counts;

	for (int i = 0; i < 16384; i++)
		see(u, getpid(), 0, address_of(own_function) + (uint64_t)i % 4);
	pauses = (clock_now_ns() - since) / 1000000000;
	assert_true(usyms__counts(u).maps_read <= 1 + pauses);
	assert_false(usyms__catch_up(u));
	counts = usyms__counts(u);
	since = clock_now_ns();
	for (uint64_t i = 0; i < 16384; i++)
		see(u, getpid(), 0, 16 + i); /* nothing there */
	pauses = (clock_now_ns() - since) / 100000000;
	assert_true(usyms__counts(u).maps_read <= counts.maps_read + 8 + 1 + pauses);
	while (usyms__catch_up(u))
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	counts = usyms__counts(u);
	assert_false(usyms__catch_up(u));
	assert_int_equal(usyms__counts(u).maps_read, counts.maps_read); /* idle */
	usyms__free(u);
}

/* --- code that processes make --- */

static void perf_map_path(char *path, size_t size)
{
	snprintf(path, size, "/tmp/perf-%d.map", getpid());
}

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

TEST(perf_map_names_made_code)
{
	struct perf_map *map;
	char path[64];

	perf_map_path(path, sizeof(path));
	unlink(path);
	assert_null(perf_map__open(getpid(), getpid()));
	append(path, "1000 100 first\nnonsense\n1100 0 empty\n\n1200 10 many words; more\n"
		     "1300 zz no\n2000 100 ou");
	map = perf_map__open(getpid(), getpid());
	assert_non_null(map);
	assert_string_equal(perf_map_name(map, 0x1000), "first");
	assert_string_equal(perf_map_name(map, 0x10ff), "first");
	assert_null(perf_map_name(map, 0x1100));
	assert_null(perf_map_name(map, 0xfff));
	assert_string_equal(perf_map_name(map, 0x120f), "many words; more");
	assert_null(perf_map_name(map, 0x2000)); /* the line is not whole yet */
	append(path, "ter\n2010 10 inner\n");
	perf_map_refresh(map);
	assert_string_equal(perf_map_name(map, 0x2000), "outer");
	assert_string_equal(perf_map_name(map, 0x2010), "inner");
	assert_string_equal(perf_map_name(map, 0x2020), "outer");
	append(path, "2000 20 again\n");
	unlink(path);
	perf_map_refresh(map);
	assert_string_equal(perf_map_name(map, 0x2010), "again");
	perf_map__free(map);
	perf_map__free(NULL);
}

/* Somebody else must not name a process's functions; neither may a link lead out of its /tmp. */
TEST(perf_map_is_its_own)
{
	char path[64];

	perf_map_path(path, sizeof(path));
	unlink(path);
	append(path, "1000 100 forged\n");
	if (chown(path, 12345, 12345)) {
		unlink(path);
		skip_with_reason("only root can give a file away");
	}
	assert_null(perf_map__open(getpid(), getpid()));
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(perf_map__open(getpid(), getpid()));
	unlink(path);
}

TEST(usyms_names_made_code)
{
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t address = (uint64_t)(uintptr_t)code;
	struct usyms_program program = program_of(getpid(), 0);
	struct usyms *u = usyms__new();
	char path[64], line[64], buf[256];

	assert_ptr_not_equal(code, MAP_FAILED);
	perf_map_path(path, sizeof(path));
	unlink(path);
	assert_unknown(u, getpid(), address + 5);
	snprintf(line, sizeof(line), "%llx 1000 made\n", (unsigned long long)address);
	append(path, line);
	see(u, getpid(), 0, address + 6);
	while (usyms__catch_up(u))
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	unlink(path);
	assert_true(usyms__name(u, &program, address + 5, true, buf, sizeof(buf)));
	assert_string_equal(buf, "made");
	munmap(code, 4096);
	usyms__free(u);
}

/* --- demangling --- */

static void assert_demangled(const char *symbol, const char *name)
{
	char buf[256];

	assert_true(demangle(symbol, buf, sizeof(buf)));
	assert_string_equal(buf, name);
}

static void assert_kept(const char *symbol)
{
	char buf[8192];

	assert_false(demangle(symbol, buf, sizeof(buf)));
	assert_string_equal(buf, symbol);
}

TEST(demangles)
{
	char buf[8];

	assert_demangled("_ZN4shop5priceEi", "shop::price");
	assert_demangled("_ZN4shop3addIiEEvT_", "shop::add<int>");
	assert_demangled("_ZNSt6vectorIiSaIiEE9push_backERKi",
			 "std::vector<int, std::allocator<int> >::push_back");
	assert_demangled("_ZN4shop5price17h0123456789abcdefE", "shop::price");
	assert_demangled("_RNvC4shop5price", "shop::price");
	assert_kept("main");
	assert_kept("_Z");
	assert_kept("_ZN4shop5pr");
	assert_kept("_R");
	assert_kept("");
	assert_true(demangle("_ZN4shop5priceEi", buf, sizeof(buf)));
	assert_string_equal(buf, "shop::p");
}

/* A short name that stands for 2^40 letters. */
TEST(demangling_has_limits)
{
	char symbol[2048] = "_Z1fISt4pairIiiE", longest[2 * DEMANGLE_MAX];

	for (int i = 1; i < 36; i++) {
		const char *digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

		sprintf(symbol + strlen(symbol), "S0_IS%c_S%c_E", digits[i], digits[i]);
	}
	strcat(symbol, "Evv");
	assert_kept(symbol);
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "_Z", 2);
	longest[sizeof(longest) - 1] = '\0';
	assert_kept(longest);
}

int main(void)
{
	return tests_run("processes", make_directory, remove_directory);
}
