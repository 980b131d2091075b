// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* usyms.c - see usyms.h. One libdwfl session for each process, a bounded number of them. */
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "usyms.h"

#define PROCESSES 64

/* A process while it runs one program; after an exec it is another entry. */
struct process {
	pid_t pid; /* 0: free */
	ino_t program; /* inode of its executable; 0: could not be read */
	Dwfl *dwfl;
	unsigned long used; /* when, for eviction and to find the newest */
};

struct usyms {
	struct process process[PROCESSES];
	unsigned long clock;
};

/* Debug information is not looked for: symbol tables suffice, and nothing may be fetched. */
static int no_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **path)
{
	(void)module;
	(void)data;
	(void)name;
	(void)base;
	(void)file;
	(void)link;
	(void)crc;
	(void)path;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = no_debuginfo,
};

static Dwfl *session_open(pid_t pid)
{
	Dwfl *dwfl = dwfl_begin(&callbacks);

	if (!dwfl)
		return NULL;
	dwfl_report_begin(dwfl);
	if (dwfl_linux_proc_report(dwfl, pid) == 0 && dwfl_report_end(dwfl, NULL, NULL) == 0)
		return dwfl;
	dwfl_end(dwfl);
	return NULL;
}

static void process_close(struct process *p)
{
	if (p->dwfl)
		dwfl_end(p->dwfl);
	memset(p, 0, sizeof(*p));
}

static ino_t program_of(pid_t pid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return stat(path, &st) ? 0 : st.st_ino;
}

void usyms__watch(struct usyms *u, pid_t pid)
{
	struct process *oldest = &u->process[0];
	ino_t program = pid > 0 ? program_of(pid) : 0;
	Dwfl *dwfl;

	for (int i = 0; program && i < PROCESSES; i++) {
		struct process *p = &u->process[i];

		if (p->pid == pid && p->program == program)
			return;
		if (p->used < oldest->used)
			oldest = p;
	}
	dwfl = program ? session_open(pid) : NULL;
	if (!dwfl)
		return;
	process_close(oldest);
	*oldest = (struct process){pid, program, dwfl, ++u->clock};
}

/* The module at that address in the newest program of the process that has one there. */
static Dwfl_Module *find_module(struct usyms *u, pid_t pid, uint64_t address)
{
	unsigned long newest = 0;
	Dwfl_Module *found = NULL;

	for (int i = 0; i < PROCESSES; i++) {
		struct process *p = &u->process[i];
		Dwfl_Module *module;

		if (p->pid != pid || p->used < newest)
			continue;
		module = dwfl_addrmodule(p->dwfl, address);
		if (!module)
			continue;
		found = module;
		newest = p->used;
	}
	return found;
}

struct usyms *usyms__new(void)
{
	return calloc(1, sizeof(struct usyms));
}

void usyms__free(struct usyms *u)
{
	if (!u)
		return;
	for (int i = 0; i < PROCESSES; i++)
		process_close(&u->process[i]);
	free(u);
}

bool usyms__name(struct usyms *u, pid_t pid, uint64_t address, char *out, size_t size)
{
	Dwfl_Module *module = find_module(u, pid, address);
	const char *name, *file;
	Dwarf_Addr start = 0;

	if (!module) {
		usyms__watch(u, pid);
		module = find_module(u, pid, address);
	}
	if (!module)
		return false;
	name = dwfl_module_addrname(module, address);
	if (name) {
		snprintf(out, size, "%s", name);
		return true;
	}
	file = dwfl_module_info(module, NULL, &start, NULL, NULL, NULL, NULL, NULL);
	file = file && strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	snprintf(out, size, "[%s+0x%llx]", file ? file : "?",
		 (unsigned long long)(address - start));
	return true;
}
