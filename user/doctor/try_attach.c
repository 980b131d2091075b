// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * try_attach.c - see doctor/try_attach.h. A program counts its
 * runs in an array map, the process does something that must run it, and the count is read.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/errors.h"
#include "doctor/try_attach.h"
#include "host/perf_event.h"
#include "symbols/tracepoints.h"

/* A program and the array map with the one word in which it counts its runs. */
struct counter {
	int map;
	int prog;
};

/* Kernel functions that trigger() reaches; a kernel may have inlined or renamed one. */
static const char *const functions[] = {"hrtimer_nanosleep", "do_nanosleep", "vfs_read"};

#define FUNCTIONS_CNT (sizeof(functions) / sizeof(functions[0]))

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

static int counter_program(int map, enum bpf_prog_type type, const struct bpf_prog_load_opts *opts)
{
	const struct bpf_insn insns[] = {
		/* r1 = map; *(u32 *)(fp - 4) = 0; r2 = fp - 4; r0 = bpf_map_lookup_elem(r1, r2) */
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = map},
		{0},
		{.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = BPF_REG_10, .off = -4},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = -4},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem},
		/* if (r0) atomic *(u64 *)r0 += 1 */
		{.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = 2},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1, .imm = 1},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_0,
		 .src_reg = BPF_REG_1,
		 .imm = BPF_ADD},
		/* return 0 */
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(type, "latchkit_probe", "GPL", insns,
			       sizeof(insns) / sizeof(insns[0]), opts);

	return fd < 0 ? -errno : fd;
}

/* Returns 0, or a negative errno with nothing left open. */
static int counter_load(struct counter *c, enum bpf_prog_type type, enum bpf_attach_type attach,
			int btf_id)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_btf_id = (unsigned int)btf_id);

	c->map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "latchkit_probe", 4, 8, 1, NULL);
	if (c->map < 0)
		return -errno;
	c->prog = counter_program(c->map, type, &opts);
	if (c->prog >= 0)
		return 0;
	close(c->map);
	return c->prog;
}

static void counter_close(struct counter *c)
{
	close(c->prog);
	close(c->map);
}

/* Never inlined, so that there is one place to put a breakpoint on. */
static __attribute__((noinline)) void landmark(void)
{
	asm volatile("" ::: "memory");
}

/* Do what runs every probe of this file: sleep, read a file, call landmark(). */
static void trigger(void)
{
	const struct timespec moment = {.tv_nsec = 50000};
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	char byte;

	nanosleep(&moment, NULL);
	if (fd >= 0 && read(fd, &byte, 1) < 0)
		byte = 0; /* the attempt is what counts */
	close_if_open(fd);
	landmark();
}

/* Report whether the attached program runs, then detach and close it. */
static void report_runs(struct feature_result *r, struct counter *c, int attached,
			const char *where)
{
	__u32 key = 0;
	__u64 before = 0, after = 0;

	bpf_map_lookup_elem(c->map, &key, &before);
	trigger();
	bpf_map_lookup_elem(c->map, &key, &after);
	if (after > before)
		result_set(r, FEATURE_YES, "attached to %s and seen to run", where);
	else
		result_set(r, FEATURE_NO, "attached to %s, but never ran there", where);
	close(attached);
	counter_close(c);
}

static void report_failure(struct feature_result *r, const char *what, int err)
{
	result_set(r, result_of_error(err), "%s: %s", what, error_text(err));
}

void try_tp_btf(struct feature_result *r)
{
	int id = libbpf_find_vmlinux_btf_id("sys_enter", BPF_TRACE_RAW_TP), link, err;
	struct counter c;

	err = id < 0 ? id : counter_load(&c, BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, id);
	if (err) {
		report_failure(r, id < 0 ? "looking up sys_enter" : "loading", err);
		return;
	}
	link = bpf_raw_tracepoint_open(NULL, c.prog);
	if (link < 0) {
		report_failure(r, "attaching to sys_enter", -errno);
		counter_close(&c);
		return;
	}
	report_runs(r, &c, link, "sys_enter");
}

/* Returns a descriptor of the attachment or a negative errno. */
static int kprobe_multi_attach(int prog, const char *function)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.syms = &function,
		    .kprobe_multi.cnt = 1);
	int link = bpf_link_create(prog, 0, BPF_TRACE_KPROBE_MULTI, &opts);

	return link < 0 ? -errno : link;
}

void try_kprobe_multi(struct feature_result *r)
{
	struct counter c;
	int link = -ENOENT, err;

	err = counter_load(&c, BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, 0);
	if (err) {
		report_failure(r, "loading", err);
		return;
	}
	for (size_t i = 0; i < FUNCTIONS_CNT; i++) {
		link = kprobe_multi_attach(c.prog, functions[i]);
		if (link >= 0) {
			report_runs(r, &c, link, functions[i]);
			return;
		}
	}
	report_failure(r, "attaching", link);
	counter_close(&c);
}

/* Returns the type number of a perf event source of the kernel, or -ENOENT. */
static int source_type(const char *source)
{
	char path[64];
	int type = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", source);
	f = fopen(path, "re");
	if (f && fscanf(f, "%d", &type) != 1)
		type = -1;
	if (f)
		fclose(f);
	return type < 0 ? -ENOENT : type;
}

/* Open the event and attach the program. Returns a descriptor or a negative errno. */
static int perf_attach(struct perf_event_attr *attr, pid_t pid, int cpu, int prog)
{
	int fd = perf_event_open(attr, pid, cpu), err;

	if (fd < 0)
		return fd;
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Without the event source there may still be the older interface of tracefs; not tried. */
static void report_no_kprobe_source(struct feature_result *r)
{
	const char *tracefs = tracefs_path();
	char path[64];

	snprintf(path, sizeof(path), "%s/kprobe_events", tracefs ? tracefs : "");
	if (tracefs && access(path, F_OK) == 0)
		result_set(r, FEATURE_UNKNOWN, "no perf event source, but there is %s", path);
	else
		result_set(r, FEATURE_NO,
			   "no perf event source: the kernel was built without them");
}

void try_kprobe_runs(struct feature_result *r)
{
	struct perf_event_attr attr = {0};
	int type = source_type("kprobe"), cpu = sched_getcpu(), fd = -ENOENT, err;
	struct counter c;

	if (type < 0) {
		report_no_kprobe_source(r);
		return;
	}
	attr.type = (__u32)type;
	err = counter_load(&c, BPF_PROG_TYPE_KPROBE, 0, 0);
	if (err) {
		report_failure(r, "loading", err);
		return;
	}
	for (size_t i = 0; i < FUNCTIONS_CNT; i++) {
		attr.kprobe_func = (__u64)(uintptr_t)functions[i];
		fd = perf_attach(&attr, -1, cpu < 0 ? 0 : cpu, c.prog);
		if (fd >= 0) {
			report_runs(r, &c, fd, functions[i]);
			return;
		}
	}
	report_failure(r, "attaching", fd);
	counter_close(&c);
}

/* Returns where in its file the code at `address` lies, or -ENOENT. */
static long long file_offset(uintptr_t address)
{
	unsigned long start, end, offset;
	long long found = -ENOENT;
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	while (maps && found < 0 && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 &&
		    address >= start && address < end)
			found = (long long)(address - start + offset);
	if (maps)
		fclose(maps);
	return found;
}

void try_uprobe_runs(struct feature_result *r)
{
	struct perf_event_attr attr = {.uprobe_path = (__u64)(uintptr_t) "/proc/self/exe"};
	long long offset = file_offset((uintptr_t)landmark);
	int type = source_type("uprobe"), fd, err;
	struct counter c;

	if (type < 0 || offset < 0) {
		result_set(r, type < 0 ? FEATURE_NO : FEATURE_UNKNOWN, "%s",
			   type < 0 ? "no perf event source: the kernel was built without them"
				    : "/proc/self/maps cannot be read");
		return;
	}
	attr.type = (__u32)type;
	attr.probe_offset = (__u64)offset;
	err = counter_load(&c, BPF_PROG_TYPE_KPROBE, 0, 0);
	if (err) {
		report_failure(r, "loading", err);
		return;
	}
	/* Only in this process: no other program of this file meets the breakpoint. */
	fd = perf_attach(&attr, 0, -1, c.prog);
	if (fd >= 0) {
		report_runs(r, &c, fd, "a function of this program");
		return;
	}
	report_failure(r, "attaching", fd);
	counter_close(&c);
}
