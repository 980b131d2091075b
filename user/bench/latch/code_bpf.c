// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* code_bpf.c - see bench/latch/code_bpf.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/latch/code_bpf.h"

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

struct bench_code bench_code_of_bpf(const struct bench_bpf *b)
{
	struct bpf_program *program = bench_bpf_program(b, "nmi_");
	struct bench_code code = {.locked = -1};
	int fd = program && bpf_program__fd(program) >= 0 ? dump_program(bpf_program__fd(program))
							  : -1;

	if (fd < 0)
		return code;
	code = bench_code_of_dump(fd);
	close(fd);
	return code;
}
