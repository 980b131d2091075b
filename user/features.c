// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* features.c - see features.h: the table, and the probes that need no program. */
#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "context.h"
#include "features.h"
#include "features_try.h"
#include "tracepoints.h"

void result_set(struct feature_result *r, enum feature_state state, const char *format, ...)
{
	va_list args;

	r->state = state;
	va_start(args, format);
	vsnprintf(r->detail, sizeof(r->detail), format, args);
	va_end(args);
}

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
	else
		result_set(r, FEATURE_NO, "not mounted, or not readable");
}

static void probe_context(struct feature_result *r)
{
	struct context_offsets offsets;
	int err = context_offsets(&offsets);

	result_set(r, offsets.have ? FEATURE_YES : FEATURE_NO, "%s",
		   offsets.how ? offsets.how : strerror(-err));
}

static void probe_memlock(struct feature_result *r)
{
	struct rlimit limit;

	getrlimit(RLIMIT_MEMLOCK, &limit);
	if (limit.rlim_cur == RLIM_INFINITY)
		result_set(r, FEATURE_INFO, "unlimited");
	else
		result_set(r, FEATURE_INFO, "%llu KiB; Linux 5.11 and later do not need more",
			   (unsigned long long)limit.rlim_cur / 1024);
}

static void probe_capabilities(struct feature_result *r)
{
	static const struct {
		unsigned int number;
		const char *name;
	} interesting[] = {
		{CAP_BPF, "bpf"},       {CAP_PERFMON, "perfmon"},     {CAP_SYS_ADMIN, "sys_admin"},
		{CAP_SYSLOG, "syslog"}, {CAP_NET_ADMIN, "net_admin"}, {CAP_SYS_RESOURCE, "sys_resource"},
	};
	char have[128] = "";

	capng_get_caps_process();
	for (size_t i = 0; i < sizeof(interesting) / sizeof(interesting[0]); i++) {
		if (!capng_have_capability(CAPNG_EFFECTIVE, interesting[i].number))
			continue;
		strcat(have, " ");
		strcat(have, interesting[i].name);
	}
	result_set(r, FEATURE_INFO, "have:%s", have[0] ? have : " none that matters");
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

static void probe_lockdown(struct feature_result *r)
{
	char mode[64];

	read_word("/sys/kernel/security/lockdown", mode, sizeof(mode));
	result_set(r, FEATURE_INFO, "%s", mode[0] == '?' ? "not to be seen" : mode);
}

static void probe_sysctls(struct feature_result *r)
{
	char paranoid[16], kptr[16], unprivileged[16];

	read_word("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof(paranoid));
	read_word("/proc/sys/kernel/kptr_restrict", kptr, sizeof(kptr));
	read_word("/proc/sys/kernel/unprivileged_bpf_disabled", unprivileged, sizeof(unprivileged));
	result_set(r, FEATURE_INFO,
		   "perf_event_paranoid %s, kptr_restrict %s, unprivileged_bpf_disabled %s", paranoid,
		   kptr, unprivileged);
}

static const struct feature features[] = {
	{"kernel", "kernel", probe_kernel, "ask it what it can, not which version it is", ""},
	{"btf", "kernel type information", try_btf, "relocate its programs for this kernel",
	 "not be able to trace here: programs cannot be relocated"},
	{"bpf_load", "loading programs", try_bpf_load, "trace",
	 "not be able to trace: run it as root, or with CAP_BPF and CAP_PERFMON"},
	{"jit", "JIT compiler", try_jit, "cost what it says", "be slow: programs are interpreted"},
	{"raw_tp", "raw tracepoints", try_raw_tp, "trace tracepoints and system calls",
	 "not trace tracepoints and system calls"},
	{"kprobe", "kprobes", try_kprobe, "accept kprobe: and kretprobe:",
	 "refuse kprobe: and kretprobe:; use tracepoints"},
	{"fentry", "fentry, fexit", try_fentry, "accept fentry: and fexit:",
	 "refuse fentry: and fexit:; use kprobe: or tracepoints"},
	{"uprobe", "uprobes", try_uprobe, "accept uprobe:, uretprobe: and usdt:",
	 "refuse uprobe:, uretprobe: and usdt:"},
	{"pmu", "hardware counters", try_pmu, "sample by cycles, in NMI where the machine has them",
	 "sample by the CPU clock, an ordinary interrupt"},
	{"sw_clock", "CPU clock sampling", try_sw_clock, "accept profile: and software:",
	 "refuse profile: and software:"},
	{"watchpoint", "data watchpoints", try_watchpoint, "accept watchpoint:",
	 "refuse watchpoint:"},
	{"task_storage", "task storage", try_task_storage, "time system calls and functions",
	 "not be able to time anything"},
	{"mmap_freeze", "frozen mapped maps", try_mmap_freeze,
	 "read records without system calls, from maps nobody else can write",
	 "not be able to trace: records cannot be mapped safely"},
	{"load_acquire", "load-acquire, store-release", try_load_acquire,
	 "use them in programs where the machine needs them",
	 "use full barriers in programs where the machine needs an order"},
	{"arena", "arena maps", try_arena, "not use them yet", "not miss them"},
	{"kptr", "bpf_refcount_acquire", try_kptr, "not use it yet", "not miss it"},
	{"context_probe", "context probe", probe_context,
	 "say in which context a sample was taken", "call the context of samples unknown"},
	{"tracefs", "tracefs", probe_tracefs, "check tracepoints with their categories",
	 "check tracepoints by name only"},
	{"memlock", "locked memory", probe_memlock, "not raise it", ""},
	{"capabilities", "capabilities", probe_capabilities,
	 "keep bpf and perfmon once it is attached, and drop the others", ""},
	{"lockdown", "lockdown", probe_lockdown, "be refused by `confidentiality`", ""},
	{"sysctls", "settings", probe_sysctls, "need privileges as they say", ""},
};

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

	if (feature)
		feature->probe(&r);
	return r;
}

const char *feature_so(const struct feature *feature, const struct feature_result *result)
{
	return result->state == FEATURE_YES || result->state == FEATURE_INFO ? feature->so_yes :
									       feature->so_no;
}

const char *feature_state_name(enum feature_state state)
{
	static const char *const names[] = {
		[FEATURE_NO] = "no",
		[FEATURE_YES] = "yes",
		[FEATURE_UNKNOWN] = "unknown",
		[FEATURE_INFO] = "info",
	};

	return names[state];
}
