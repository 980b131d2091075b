// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* try.c - see doctor/try.h: load and attach small programs, and look. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/errors.h"
#include "doctor/try.h"
#include "host/perf_event.h"
#include "object/image.h"

#define MAP_TYPE_ARENA 33 /* newer than the headers of Linux 6.1 */

/* r0 = 0; exit */
static const struct bpf_insn do_nothing[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	{.code = BPF_JMP | BPF_EXIT},
};

/* Report by an fd or negative errno, and close it. */
static void report(struct feature_result *r, int fd, const char *done)
{
	if (fd >= 0) {
		result_set(r, FEATURE_YES, "%s", done);
		close(fd);
	} else {
		result_set(r, result_of_error(fd), "%s", error_text(fd));
	}
}

static int load(enum bpf_prog_type type, enum bpf_attach_type attach, int btf_id)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_btf_id = (unsigned int)btf_id);
	int fd = bpf_prog_load(type, "latchkit_probe", "GPL", do_nothing, 2, &opts);

	return fd < 0 ? -errno : fd;
}

void try_btf(struct feature_result *r)
{
	struct btf *btf = btf__load_vmlinux_btf();

	if (btf)
		result_set(r, FEATURE_YES, "%u types", btf__type_cnt(btf));
	else
		result_set(r, result_of_error(errno), "%s", error_text(errno));
	btf__free(btf);
}

void try_bpf_load(struct feature_result *r)
{
	report(r, load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0), "loaded one");
}

void try_jit(struct feature_result *r)
{
	int fd = load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0);
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);

	if (fd < 0) {
		result_set(r, FEATURE_UNKNOWN, "%s", error_text(fd));
		return;
	}
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		result_set(r, FEATURE_UNKNOWN, "%s", error_text(errno));
	else
		result_set(r, info.jited_prog_len ? FEATURE_YES : FEATURE_NO,
			   "%u bytes of machine code for 2 instructions", info.jited_prog_len);
	close(fd);
}

void try_raw_tp(struct feature_result *r)
{
	int prog = load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0), link;

	if (prog < 0) {
		report(r, prog, "");
		return;
	}
	link = bpf_raw_tracepoint_open("sched_switch", prog);
	report(r, link < 0 ? -errno : link, "attached to sched_switch");
	close(prog);
}

void try_fentry(struct feature_result *r)
{
	int id = libbpf_find_vmlinux_btf_id("vfs_read", BPF_TRACE_FENTRY), prog, link;

	prog = id < 0 ? id : load(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, id);
	if (prog < 0) {
		report(r, prog, "");
		return;
	}
	link = bpf_link_create(prog, 0, BPF_TRACE_FENTRY, NULL);
	report(r, link < 0 ? -errno : link, "attached to vfs_read");
	close(prog);
}

void try_pmu(struct feature_result *r)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.sample_period = 1000000,
	};
	int fd = perf_event_open(&attr, -1, 0);

	if (fd == -ENOENT)
		result_set(r, FEATURE_NO, "no counter of cycles: common in virtual machines");
	else
		report(r, fd, "cycles can be sampled");
}

void try_sw_clock(struct feature_result *r)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 100000000,
	};
	int fd = perf_event_open(&attr, -1, 0), prog;

	if (fd < 0) {
		report(r, fd, "");
		return;
	}
	prog = load(BPF_PROG_TYPE_PERF_EVENT, 0, 0);
	if (prog >= 0 && ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog)) {
		int err = errno;

		close(prog);
		prog = -err;
	}
	report(r, prog, "a program on cpu-clock");
	close(fd);
}

void try_watchpoint(struct feature_result *r)
{
	static volatile unsigned long long word __attribute__((aligned(8)));
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = (__u64)(unsigned long)&word,
		.bp_len = 8,
		.sample_period = 1,
		.exclude_kernel = 1,
	};
	int fd = perf_event_open(&attr, 0, -1);
	unsigned long long hits = 0;

	if (fd < 0) {
		report(r, fd, "");
		return;
	}
	for (int i = 0; i < 3; i++)
		word++;
	if (read(fd, &hits, sizeof(hits)) != sizeof(hits))
		hits = 0;
	result_set(r, hits == 3 ? FEATURE_YES : FEATURE_NO, "3 stores to a watched word, %llu hits",
		   hits);
	close(fd);
}

void try_task_storage(struct feature_result *r)
{
	/* int -> u64, described as BTF: the kernel asks for that. */
	struct btf *btf = btf__new_empty();
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd;

	if (!btf) {
		report(r, -errno, "");
		return;
	}
	opts.btf_key_type_id = (unsigned int)btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	opts.btf_value_type_id = (unsigned int)btf__add_int(btf, "u64", 8, 0);
	if (btf__load_into_kernel(btf)) {
		result_set(r, result_of_error(errno), "cannot load types: %s", error_text(errno));
		btf__free(btf);
		return;
	}
	opts.btf_fd = (unsigned int)btf__fd(btf);
	fd = bpf_map_create(BPF_MAP_TYPE_TASK_STORAGE, "latchkit_probe", 4, 8, 0, &opts);
	report(r, fd < 0 ? -errno : fd, "made a map of it");
	btf__free(btf);
}

void try_mmap_freeze(struct feature_result *r)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latchkit_probe", 4, 8, 1, &opts);
	void *readable, *writable;

	if (fd < 0) {
		report(r, -errno, "");
		return;
	}
	readable = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (readable == MAP_FAILED || bpf_map_freeze(fd)) {
		result_set(r, result_of_error(errno), "%s", error_text(errno));
	} else {
		writable = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		result_set(r, writable == MAP_FAILED ? FEATURE_YES : FEATURE_NO,
			   "a frozen map %s be mapped for writing",
			   writable == MAP_FAILED ? "cannot" : "can");
		if (writable != MAP_FAILED)
			munmap(writable, 4096);
	}
	if (readable != MAP_FAILED)
		munmap(readable, 4096);
	close(fd);
}

void try_load_acquire(struct feature_result *r)
{
	int err = bpf_image_try_acqrel();

	result_set(r, err ? FEATURE_NO : FEATURE_YES, "%s",
		   err ? error_text(err) : "the verifier accepts them");
}

void try_arena(struct feature_result *r)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd =
		bpf_map_create((enum bpf_map_type)MAP_TYPE_ARENA, "latchkit_probe", 0, 0, 1, &opts);

	report(r, fd < 0 ? -errno : fd, "made one");
}
