// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* copy.c - see trace/probe/copy.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/probe/copy.h"
#include "bpf/trace/shared.h"

/* A two-slot load of an immediate. */
#define INSN_LOAD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

/* Write the probe's number over the placeholder. Returns 0, or -ENOENT when there is none. */
static int write_number(struct bpf_insn *insns, size_t count, unsigned int number)
{
	for (size_t i = 0; i + 1 < count; i++) {
		if (insns[i].code == INSN_LOAD_IMM64 && !insns[i].src_reg &&
		    insns[i].imm == TRACE_PROBE_PLACEHOLDER) {
			insns[i].imm = (int)number;
			return 0;
		}
	}
	return -ENOENT;
}

int attach_copy(struct attachments *a, const struct probe *p, const char *name,
		enum bpf_prog_type type, enum bpf_attach_type attach, int btf_id)
{
	const struct bpf_program *original = attach_program(a, name);
	size_t count = bpf_program__insn_cnt(original);
	struct bpf_insn *insns = calloc(count, sizeof(*insns));
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_btf_id = (unsigned int)btf_id);
	int fd, err;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(original), count * sizeof(*insns));
	fd = write_number(insns, count, p->number);
	if (!fd)
		fd = bpf_prog_load(type, name, "GPL", insns, count, &opts);
	free(insns);
	if (fd < 0)
		return fd;
	err = attach_keep_fd(a, fd);
	if (err)
		return err;
	a->program[p - a->probes->probe] = fd;
	return fd;
}
