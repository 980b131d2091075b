// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* code.c - see bench/core/code.h. */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/core/code.h"

#define LOCKED_MAX 64
#define JUMPS_MAX 256

/* One function, as it is read. */
struct scan {
	unsigned long long locked[LOCKED_MAX];
	int locked_count;
	struct {
		unsigned long long from, to;
	} back[JUMPS_MAX]; /* jumps backwards */
	int back_count;
};

/* An exchange with memory locks without saying so. */
static bool is_locked(const char *instruction)
{
	return strncmp(instruction, "lock ", 5) == 0 ||
	       (strncmp(instruction, "xchg", 4) == 0 && strchr(instruction, '('));
}

/* "   1234:\tlock xadd %rax,(%rdi)" or "   1234:\tjne    120 <name+0x20>". */
static void scan_line(struct scan *s, const char *line)
{
	unsigned long long address, target;
	char *end;
	const char *text;

	address = strtoull(line, &end, 16);
	if (end == line || *end != ':')
		return;
	text = end + 1 + strspn(end + 1, " \t");
	if (is_locked(text) && s->locked_count < LOCKED_MAX)
		s->locked[s->locked_count++] = address;
	if (*text != 'j')
		return;
	text += strcspn(text, " \t\n");
	target = strtoull(text, &end, 16);
	if (end != text && target <= address && s->back_count < JUMPS_MAX) {
		s->back[s->back_count].from = address;
		s->back[s->back_count++].to = target;
	}
}

static struct bench_code judge(const struct scan *s)
{
	struct bench_code code = {.locked = s->locked_count};

	for (int i = 0; i < s->locked_count; i++) {
		bool in_loop = false;

		for (int j = 0; j < s->back_count; j++)
			in_loop |= s->back[j].to <= s->locked[i] && s->locked[i] <= s->back[j].from;
		code.in_loops += in_loop;
	}
	return code;
}

/* The lines of one function of objdump's output, or all of them if it is NULL. */
static struct bench_code read_objdump(const char *command, const char *function)
{
	struct bench_code unknown = {.locked = -1};
	bool inside = !function, found = false;
	struct scan scan = {0};
	char line[512], head[128];
	FILE *f;

#ifndef __x86_64__
	return unknown;
#endif
	f = popen(command, "re");
	snprintf(head, sizeof(head), "<%s>:", function ? function : "");
	while (f && fgets(line, sizeof(line), f)) {
		if (function && strchr(line, '<') && strstr(line, ">:\n"))
			inside = strstr(line, head);
		if (!inside)
			continue;
		found = true;
		scan_line(&scan, line);
	}
	if (!f || pclose(f) || !found)
		return unknown;
	return judge(&scan);
}

struct bench_code bench_code_of_function(const char *function)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "objdump -d --no-show-raw-insn --disassemble=%s /proc/%d/exe 2>/dev/null",
		 function, (int)getpid());
	return read_objdump(command, function);
}

/* The machine code of a program, in a file in memory. Returns its descriptor or -1. */
static int dump_program(int program)
{
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info), size;
	int fd = -1;
	void *code;

	if (bpf_obj_get_info_by_fd(program, &info, &length) || !info.jited_prog_len)
		return -1;
	size = info.jited_prog_len;
	code = malloc(size);
	memset(&info, 0, sizeof(info));
	info.jited_prog_insns = (__u64)(uintptr_t)code;
	info.jited_prog_len = size;
	length = sizeof(info);
	/* Without the privilege to see addresses there is no code either. */
	if (code && !bpf_obj_get_info_by_fd(program, &info, &length) && info.jited_prog_insns)
		fd = memfd_create("program", 0);
	if (fd >= 0 && write(fd, code, size) != (ssize_t)size) {
		close(fd);
		fd = -1;
	}
	free(code);
	return fd;
}

struct bench_code bench_code_of_program(int program)
{
	struct bench_code code = {.locked = -1};
	char command[160];
	int fd = program >= 0 ? dump_program(program) : -1;

	if (fd < 0)
		return code;
	snprintf(
		command, sizeof(command),
		"objdump -D -b binary -m i386:x86-64 --no-show-raw-insn /proc/%d/fd/%d 2>/dev/null",
		(int)getpid(), fd);
	code = read_objdump(command, NULL);
	close(fd);
	return code;
}
