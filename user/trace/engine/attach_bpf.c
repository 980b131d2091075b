// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * attach_bpf.c - attach one probe that is not a perf event: tracepoints and fentry by a copy of
 * the program that knows its probe's number, kprobe, uprobe and usdt by a cookie.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/engine/attach.h"
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

/* Load a copy of a program for one probe. Returns its fd, which `a` keeps, or a negative errno. */
static int copy_program(struct attachments *a, const char *name, unsigned int number,
			enum bpf_prog_type type, enum bpf_attach_type attach, int btf_id)
{
	const struct bpf_program *original = engine_program(a->engine, name);
	size_t count = bpf_program__insn_cnt(original);
	struct bpf_insn *insns = calloc(count, sizeof(*insns));
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_btf_id = (unsigned int)btf_id);
	int fd, err;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(original), count * sizeof(*insns));
	fd = write_number(insns, count, number);
	if (!fd)
		fd = bpf_prog_load(type, name, "GPL", insns, count, &opts);
	free(insns);
	if (fd < 0)
		return fd;
	err = attach_keep_fd(a, fd);
	return err ? err : fd;
}

static int attach_tracepoint(struct attachments *a, size_t index, const struct probe *p)
{
	int fd = copy_program(a, "hit", p->number, BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0);

	if (fd < 0)
		return fd;
	a->program[index] = fd;
	fd = bpf_raw_tracepoint_open(p->target, fd);
	return fd < 0 ? fd : attach_keep_fd(a, fd);
}

static int attach_trampoline(struct attachments *a, size_t index, const struct probe *p,
			     const char *program, enum bpf_attach_type type)
{
	int btf_id = libbpf_find_vmlinux_btf_id(p->target, type), fd;

	if (btf_id < 0)
		return btf_id;
	fd = copy_program(a, program, p->number, BPF_PROG_TYPE_TRACING, type, btf_id);
	if (fd < 0)
		return fd;
	a->program[index] = fd;
	fd = bpf_link_create(fd, 0, type, NULL);
	return fd < 0 ? fd : attach_keep_fd(a, fd);
}

int attach_traced(struct attachments *a, size_t index)
{
	const struct probe *p = &a->engine->probes->probe[index];
	int err;

	if (p->type == PROBE_TRACEPOINT)
		return attach_tracepoint(a, index, p);
	if (p->kind == KIND_EVENT)
		return attach_trampoline(a, index, p, "hit", BPF_TRACE_FENTRY);
	err = attach_trampoline(a, index, p, "leave", BPF_TRACE_FEXIT);
	return err ? err : attach_trampoline(a, index, p, "enter", BPF_TRACE_FENTRY);
}

static int attach_kprobe(struct attachments *a, const struct probe *p, const char *program,
			 bool is_return)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .bpf_cookie = p->number, .retprobe = is_return);

	return attach_keep_link(a, bpf_program__attach_kprobe_opts(
					   engine_program(a->engine, program), p->target, &opts));
}

static int attach_uprobe(struct attachments *a, const struct probe *p, const char *program,
			 bool is_return)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = p->number, .retprobe = is_return,
		    .func_name = p->target);
	pid_t pid = a->engine->config.tgid ? (pid_t)a->engine->config.tgid : -1;

	return attach_keep_link(a,
				bpf_program__attach_uprobe_opts(engine_program(a->engine, program),
								pid, p->path, 0, &opts));
}

static int attach_usdt(struct attachments *a, const struct probe *p)
{
	LIBBPF_OPTS(bpf_usdt_opts, opts, .usdt_cookie = p->number);
	pid_t pid = a->engine->config.tgid ? (pid_t)a->engine->config.tgid : -1;

	return attach_keep_link(a,
				bpf_program__attach_usdt(engine_program(a->engine, "hit_usdt"), pid,
							 p->path, p->target, p->usdt_name, &opts));
}

int attach_cookie(struct attachments *a, size_t index)
{
	const struct probe *p = &a->engine->probes->probe[index];
	int (*attach)(struct attachments *, const struct probe *, const char *, bool) =
		p->type == PROBE_KPROBE ? attach_kprobe : attach_uprobe;
	int err;

	if (p->type == PROBE_USDT)
		return attach_usdt(a, p);
	if (p->kind == KIND_EVENT)
		return attach(a, p, "hit_cookie", false);
	err = attach(a, p, "leave_cookie", true);
	return err ? err : attach(a, p, "enter_cookie", false);
}
