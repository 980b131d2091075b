// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* features.c - see doctor/features.h: the table, and the probes that attach nothing. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/errors.h"
#include "doctor/features.h"
#include "doctor/try.h"
#include "doctor/try_attach.h"
#include "doctor/try_pressure.h"
#include "host/context.h"
#include "symbols/tracepoints.h"

static void probe_kernel(struct feature_result *r)
{
	struct utsname u;

	uname(&u);
	result_set(r, FEATURE_INFO, "%s %s", u.release, u.machine);
}

static void probe_tracefs(struct feature_result *r)
{
	const char *path = tracefs_path();

	if (path)
		result_set(r, FEATURE_YES, "%s", path);
	else if (access("/sys/kernel/tracing/events", F_OK) && errno == ENOENT)
		result_set(r, FEATURE_NO,
			   "not mounted; mount -t tracefs nodev /sys/kernel/tracing");
	else
		result_set(r, FEATURE_NO, "/sys/kernel/tracing: %s; run as root",
			   error_text(errno ? errno : EACCES));
}

static void probe_context(struct feature_result *r)
{
	struct context_offsets offsets;
	int err = context_offsets(&offsets);

	if (err)
		result_set(r, FEATURE_UNKNOWN, "%s: %s", offsets.how, error_text(err));
	else if (offsets.have && !offsets.in_thread_info)
		result_set(r, FEATURE_YES, "%s, %lld bytes from runqueues", offsets.how,
			   offsets.delta);
	else
		result_set(r, offsets.have ? FEATURE_YES : FEATURE_NO, "%s", offsets.how);
}

/* Create a map by the bare system call, since libbpf raises the limit. Returns 0 or an errno. */
static int map_create_error(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 8,
		.max_entries = 1,
	};
	int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Are maps charged to the limit? Make one with the limit at zero. Can the limit be raised? */
static void probe_memlock(struct feature_result *r)
{
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
	struct rlimit limit, zero;
	int with, without, raised;

	getrlimit(RLIMIT_MEMLOCK, &limit);
	with = map_create_error();
	zero = (struct rlimit){0, limit.rlim_max};
	setrlimit(RLIMIT_MEMLOCK, &zero);
	without = map_create_error();
	setrlimit(RLIMIT_MEMLOCK, &limit);
	raised = setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0;
	setrlimit(RLIMIT_MEMLOCK, &limit);

	if (without == 0)
		result_set(r, FEATURE_YES, "maps are not charged to the limit, which %s be raised",
			   raised ? "can" : "cannot");
	else if (with == 0)
		result_set(r, raised ? FEATURE_YES : FEATURE_NO,
			   "maps are charged to the limit, which %s be raised",
			   raised ? "can" : "cannot");
	else
		result_set(r, FEATURE_UNKNOWN, "cannot create a map to see: %s", error_text(with));
}

static void probe_capabilities(struct feature_result *r)
{
	static const struct {
		unsigned int number;
		const char *name;
	} interesting[] = {
		{CAP_BPF, "bpf"},
		{CAP_PERFMON, "perfmon"},
		{CAP_SYS_ADMIN, "sys_admin"},
		{CAP_SYSLOG, "syslog"},
		{CAP_NET_ADMIN, "net_admin"},
		{CAP_SYS_RESOURCE, "sys_resource"},
	};
	char have[128] = "";

	capng_get_caps_process();
	for (size_t i = 0; i < sizeof(interesting) / sizeof(interesting[0]); i++) {
		if (!capng_have_capability(CAPNG_EFFECTIVE, interesting[i].number))
			continue;
		strcat(have, " ");
		strcat(have, interesting[i].name);
	}
	result_set(r, FEATURE_INFO,
		   "have:%s; a trace keeps bpf and perfmon once it is attached, with stacks also "
		   "sys_ptrace and dac_read_search",
		   have[0] ? have : " none that matters");
}

static void read_word(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");

	snprintf(out, size, "?");
	if (f && fgets(out, (int)size, f))
		out[strcspn(out, "\n")] = '\0';
	if (f)
		fclose(f);
}

/* Returns 0, or an errno value if the kernel refuses a program that reads kernel memory. */
static int kernel_read_error(void)
{
	/* bpf_probe_read_kernel(fp - 8, 8, 0); return 0 */
	static const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "latchkit_probe", "GPL", insns,
			       sizeof(insns) / sizeof(insns[0]), NULL);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void probe_lockdown(struct feature_result *r)
{
	int err = kernel_read_error();
	char mode[64];

	read_word("/sys/kernel/security/lockdown", mode, sizeof(mode));
	result_set(r, err ? FEATURE_NO : FEATURE_YES, "a program that does: %s; lockdown: %s",
		   err ? error_text(err) : "accepted", mode[0] == '?' ? "not present" : mode);
}

/* Only looks in the kernel's type information: a call needs more than a hand-made program. */
static void report_kfunc(struct feature_result *r, const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();

	if (!btf) {
		result_set(r, FEATURE_UNKNOWN, "kernel type information: %s", error_text(errno));
		return;
	}
	if (btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0)
		result_set(r, FEATURE_YES, "%s is in the type information; not tried", name);
	else
		result_set(r, FEATURE_NO, "%s is not in the type information", name);
	btf__free(btf);
}

static void probe_kptr(struct feature_result *r)
{
	report_kfunc(r, "bpf_refcount_acquire_impl");
}

static void probe_res_spin_lock(struct feature_result *r)
{
	report_kfunc(r, "bpf_res_spin_lock");
}

static void probe_sysctls(struct feature_result *r)
{
	char paranoid[16], kptr[16], unprivileged[16];

	read_word("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof(paranoid));
	read_word("/proc/sys/kernel/kptr_restrict", kptr, sizeof(kptr));
	read_word("/proc/sys/kernel/unprivileged_bpf_disabled", unprivileged, sizeof(unprivileged));
	result_set(r, FEATURE_INFO,
		   "perf_event_paranoid %s, kptr_restrict %s, unprivileged_bpf_disabled %s",
		   paranoid, kptr, unprivileged);
}

static const struct feature features[] = {
	{"kernel", "kernel", probe_kernel, "try what it can do", ""},
	{"btf", "kernel type information", try_btf, "relocate its programs for this kernel",
	 "not be able to trace here: programs cannot be relocated"},
	{"bpf_load", "loading programs", try_bpf_load, "trace",
	 "not be able to trace: run it as root, or with CAP_BPF and CAP_PERFMON"},
	{"jit", "JIT compiler", try_jit, "cost what it says", "be slow: programs are interpreted"},
	{"raw_tp", "raw tracepoints", try_raw_tp, "trace tracepoints", "not trace tracepoints"},
	{"tp_btf", "typed raw tracepoints", try_tp_btf, "time system calls",
	 "refuse tracepoint:syscalls:; use tracepoint:raw_syscalls:sys_enter"},
	{"kprobe", "kprobes", try_kprobe_runs,
	 "accept kprobe: and kretprobe:", "refuse kprobe: and kretprobe:; use tracepoints"},
	{"kprobe_multi", "kprobe.multi", try_kprobe_multi, "not use it yet", "attach one by one"},
	{"fentry", "fentry, fexit", try_fentry,
	 "accept fentry: and fexit:", "refuse fentry: and fexit:; use kprobe: or tracepoints"},
	{"uprobe", "uprobes", try_uprobe_runs,
	 "accept uprobe:, uretprobe: and usdt:", "refuse uprobe:, uretprobe: and usdt:"},
	{"pmu", "hardware counters", try_pmu, "sample by cycles, in NMI where the machine has them",
	 "sample by the CPU clock, an ordinary interrupt"},
	{"sw_clock", "CPU clock sampling", try_sw_clock,
	 "accept profile: and software:", "refuse profile: and software:"},
	{"watchpoint", "data watchpoints", try_watchpoint,
	 "accept watchpoint:", "refuse watchpoint:"},
	{"psi", "memory pressure", try_psi, "be able to shed a registry when memory is scarce",
	 "shed registries by age only"},
	{"task_storage", "task storage", try_task_storage, "time system calls and functions",
	 "not be able to time anything"},
	{"mmap_freeze", "frozen mapped maps", try_mmap_freeze,
	 "read records without system calls, from maps nobody else can write",
	 "not be able to trace: records cannot be mapped safely"},
#ifdef __x86_64__
	{"load_acquire", "load-acquire, store-release", try_load_acquire,
	 "not use them: x86 orders plain loads and stores as they would", "not miss them"},
#else
	{"load_acquire", "load-acquire, store-release", try_load_acquire,
	 "use them in its programs", "use full barriers, which order more and cost more"},
#endif
	{"arena", "arena maps", try_arena, "not use them yet", "not miss them"},
	{"kptr", "bpf_refcount_acquire", probe_kptr, "not use it yet", "not miss it"},
	{"res_spin_lock", "bpf_res_spin_lock", probe_res_spin_lock, "not use it yet",
	 "not miss it"},
	{"context_probe", "context probe", probe_context, "say in which context a sample was taken",
	 "call the context of samples unknown"},
	{"tracefs", "tracefs", probe_tracefs, "check tracepoints with their categories",
	 "check tracepoints by name only"},
	{"memlock", "locked memory", probe_memlock, "make its maps whatever their size",
	 "make small maps only: raise the limit with ulimit -l"},
	{"capabilities", "capabilities", probe_capabilities, "drop the others", ""},
	{"lockdown", "reading kernel memory", probe_lockdown, "read what its programs need there",
	 "only count tracepoints: samples and times need privileges, and no lockdown "
	 "`confidentiality`"},
	{"sysctls", "settings", probe_sysctls, "need privileges as they say", ""},
};

_Static_assert(sizeof(features) / sizeof(features[0]) <= FEATURES_MAX, "FEATURES_MAX");

int features_count(void)
{
	return (int)(sizeof(features) / sizeof(features[0]));
}

const struct feature *features_get(int i)
{
	return i >= 0 && i < features_count() ? &features[i] : NULL;
}

const struct feature *feature_find(const char *key)
{
	for (int i = 0; i < features_count(); i++)
		if (strcmp(features[i].key, key) == 0)
			return &features[i];
	return NULL;
}

struct feature_result feature_probe(const struct feature *feature)
{
	struct feature_result r = {.state = FEATURE_UNKNOWN};

	libbpf_print_fn_t print;

	if (!feature) {
		result_set(&r, FEATURE_UNKNOWN, "no such feature");
		return r;
	}
	print = libbpf_set_print(NULL);
	feature->probe(&r);
	libbpf_set_print(print);
	return r;
}

const char *feature_so(const struct feature *feature, const struct feature_result *result)
{
	switch (result->state) {
	case FEATURE_YES:
	case FEATURE_INFO:
		return feature->so_yes;
	case FEATURE_UNKNOWN:
		return "not count on it: trying it as root may tell";
	default:
		return feature->so_no;
	}
}
