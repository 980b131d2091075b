// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* verified.c - see trace/engine/verified.h */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "cli/diag.h"
#include "trace/engine/verified.h"

static void tell(const struct bpf_program *program)
{
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length))
		return;
	note("%s: of %zu instructions %zu are left; %u verified", bpf_program__name(program),
	     bpf_program__insn_cnt(program), info.xlated_prog_len / sizeof(struct bpf_insn),
	     info.verified_insns);
}

void verified_tell(const struct engine *e)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, e->image.object)
		if (bpf_program__fd(program) >= 0)
			tell(program);
}
