// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * user.c - see symbols/user.h. A libdwfl session for each program that a process runs; sessions
 * of a
 * process that has ended or executed another program are kept until the place is needed. Files
 * are opened when the first address in them is named, below the root directory of the process,
 * as it may live in a container.
 */
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/user.h"
#include "host/clock.h"

#define SESSIONS 64
/* How long to trust what was seen of a process. */
#define FRESH_NS 100000000ULL

/* Tells programs of a process apart: its first mapping, as address space is laid out at random. */
struct program {
	char first_mapping[160];
};

struct session {
	Dwfl *dwfl; /* NULL: a free place */
	pid_t pid;
	int root; /* its root directory */
	struct program program;
	unsigned long long opened_ns, checked_ns, used_ns;
};

struct usyms {
	struct session session[SESSIONS];
};

/* Map the file and let go of its descriptor: sessions would hold thousands. NULL: not possible. */
static Elf *map_elf(int fd)
{
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);

	if (elf && elf_cntl(elf, ELF_C_FDREAD)) {
		elf_end(elf);
		elf = NULL;
	}
	if (elf)
		elf_cntl(elf, ELF_C_FDDONE);
	close(fd);
	return elf;
}

/*
 * Libdwfl asks for the file of a module: a descriptor, or -1 and *elf. Devices are left alone, as
 * to open one may have effects.
 */
static int find_elf(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		    char **file, Elf **elf)
{
	int root = (int)(intptr_t)*userdata, fd = -1;
	struct stat st;

	(void)module, (void)base, (void)file;
	if (name[0] == '/' && fstatat(root, name + 1, &st, 0) == 0 && S_ISREG(st.st_mode))
		fd = openat(root, name + 1, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0)
		*elf = map_elf(fd);
	return -1;
}

/* It also asks for separate debug information: symbol tables suffice, nothing may be fetched. */
static int no_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **path)
{
	(void)module, (void)data, (void)name, (void)base;
	(void)file, (void)link, (void)crc, (void)path;
	return -1;
}

static const Dwfl_Callbacks callbacks = {.find_elf = find_elf, .find_debuginfo = no_debuginfo};

static int open_proc(pid_t pid, const char *what, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	return pid > 0 ? open(path, flags | O_CLOEXEC) : -1;
}

/* Returns false when the process is gone, has no memory of its own or may not be read. */
static bool program_read(pid_t pid, struct program *program)
{
	char line[sizeof(program->first_mapping)] = "";
	int fd = open_proc(pid, "maps", O_RDONLY);
	ssize_t n = -1;

	if (fd >= 0) {
		n = read(fd, line, sizeof(line) - 1);
		close(fd);
	}
	memset(program, 0, sizeof(*program));
	memcpy(program->first_mapping, line, strcspn(line, "\n"));
	return n > 0;
}

static void session_close(struct session *s)
{
	if (s->dwfl) {
		dwfl_end(s->dwfl);
		close(s->root);
	}
	memset(s, 0, sizeof(*s));
}

static int set_root(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		    void *root)
{
	(void)module, (void)name, (void)base;
	*userdata = root;
	return DWARF_CB_OK;
}

/* Note what is mapped. Fails also when the process executes another program meanwhile. */
static bool session_report(struct session *s)
{
	struct program after;
	bool reported;

	dwfl_report_begin(s->dwfl);
	reported = dwfl_linux_proc_report(s->dwfl, s->pid) == 0;
	return dwfl_report_end(s->dwfl, NULL, NULL) == 0 && reported &&
	       dwfl_getmodules(s->dwfl, set_root, (void *)(intptr_t)s->root, 0) == 0 &&
	       program_read(s->pid, &after) && memcmp(&after, &s->program, sizeof(after)) == 0;
}

/* Put a new session in the place of *s, which stays as it is if that fails. */
static bool session_open(struct session *s, pid_t pid)
{
	struct session fresh = {.pid = pid};

	if (!program_read(pid, &fresh.program))
		return false;
	fresh.root = open_proc(pid, "root", O_PATH | O_DIRECTORY);
	if (fresh.root < 0)
		return false;
	fresh.dwfl = dwfl_begin(&callbacks);
	if (!fresh.dwfl)
		close(fresh.root);
	else if (!session_report(&fresh))
		session_close(&fresh);
	if (!fresh.dwfl)
		return false;
	session_close(s);
	fresh.opened_ns = fresh.checked_ns = fresh.used_ns = clock_now_ns();
	*s = fresh;
	return true;
}

/* Returns the session of what the process runs or ran last, or NULL. */
static struct session *newest_of(struct usyms *u, pid_t pid)
{
	struct session *newest = NULL;

	for (struct session *s = u->session; s < u->session + SESSIONS; s++)
		if (s->dwfl && s->pid == pid && (!newest || s->opened_ns > newest->opened_ns))
			newest = s;
	return newest;
}

static struct session *least_used(struct usyms *u)
{
	struct session *least = u->session;

	for (struct session *s = u->session; s < u->session + SESSIONS; s++)
		if (s->used_ns < least->used_ns)
			least = s;
	return least;
}

static Dwfl_Module *session_module(const struct session *s, uint64_t addr)
{
	Dwfl_Module *module = dwfl_addrmodule(s->dwfl, addr);
	Dwarf_Addr start = 0, end = 0;

	/* It may have been the nearest one. */
	if (module)
		dwfl_module_info(module, NULL, &start, &end, NULL, NULL, NULL, NULL);
	return addr >= start && addr < end ? module : NULL;
}

/* The module at that address in the newest program of the process that has one there. */
static Dwfl_Module *find_module(struct usyms *u, pid_t pid, uint64_t addr)
{
	unsigned long long newest_ns = 0;
	Dwfl_Module *found = NULL;

	for (struct session *s = u->session; s < u->session + SESSIONS; s++) {
		Dwfl_Module *module;

		if (!s->dwfl || s->pid != pid || s->opened_ns < newest_ns)
			continue;
		module = session_module(s, addr);
		if (!module)
			continue;
		found = module;
		newest_ns = s->opened_ns;
		s->used_ns = clock_now_ns();
	}
	return found;
}

/* The same, after a look at what the process has mapped now if that may have changed. */
static Dwfl_Module *find_module_now(struct usyms *u, pid_t pid, uint64_t addr)
{
	struct session *s = newest_of(u, pid);
	Dwfl_Module *module;

	if (!s || clock_now_ns() - s->checked_ns > FRESH_NS)
		usyms__watch(u, pid);
	module = find_module(u, pid, addr);
	if (module)
		return module;
	s = newest_of(u, pid);
	if (s && clock_now_ns() - s->opened_ns > FRESH_NS && session_open(s, pid))
		return find_module(u, pid, addr);
	return NULL;
}

/* A module's name is a path, or "[vdso: PID]". */
static void describe(Dwfl_Module *module, uint64_t addr, char *buf, size_t len)
{
	Dwarf_Addr start = 0;
	const char *file = dwfl_module_info(module, NULL, &start, NULL, NULL, NULL, NULL, NULL);
	const char *slash = strrchr(file, '/');
	int length;

	file = slash ? slash + 1 : file + (*file == '[');
	length = (int)(slash ? strlen(file) : strcspn(file, ":]"));
	snprintf(buf, len, "[%.*s+0x%llx]", length, file, (unsigned long long)(addr - start));
}

struct usyms *usyms__new(void)
{
	elf_version(EV_CURRENT);
	return calloc(1, sizeof(struct usyms));
}

void usyms__free(struct usyms *u)
{
	if (!u)
		return;
	for (int i = 0; i < SESSIONS; i++)
		session_close(&u->session[i]);
	free(u);
}

void usyms__watch(struct usyms *u, pid_t pid)
{
	struct session *s = newest_of(u, pid);
	struct program program;

	if (!program_read(pid, &program))
		return;
	if (s && memcmp(&s->program, &program, sizeof(program)) == 0)
		s->checked_ns = s->used_ns = clock_now_ns();
	else
		session_open(least_used(u), pid);
}

bool usyms__name(struct usyms *u, pid_t pid, uint64_t addr, char *buf, size_t len)
{
	Dwfl_Module *module = find_module_now(u, pid, addr);
	const char *name = module ? dwfl_module_addrname(module, addr) : NULL;

	if (name)
		snprintf(buf, len, "%s", name);
	else if (module)
		describe(module, addr, buf, len);
	else
		snprintf(buf, len, "[unknown]");
	return module != NULL;
}
