// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* perf_attach.c - see trace/probe/perf_attach.h. */
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/hw_breakpoint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "host/perf_event.h"
#include "trace/probe/perf_attach.h"
#include "trace/probe/type.h"

/* Addresses with the top bit set are the kernel's, on every 64-bit architecture with BPF. */
#define KERNEL_ADDRESS (1ULL << 63)

static void fill_attr(struct perf_event_attr *attr, const struct probe *p)
{
	memset(attr, 0, sizeof(*attr));
	attr->type = p->perf_type;
	attr->config = p->perf_config;
	if (p->perf_type == PERF_TYPE_BREAKPOINT) {
		attr->config = 0;
		attr->bp_type = (unsigned int)p->perf_config;
		attr->bp_addr = p->address;
		attr->bp_len = p->length;
	}
	attr->freq = p->by_frequency;
	if (p->by_frequency)
		attr->sample_freq = p->period;
	else
		attr->sample_period = p->period;
}

static bool is_clock(const struct probe *p)
{
	return p->perf_type == PERF_TYPE_SOFTWARE && (p->perf_config == PERF_COUNT_SW_CPU_CLOCK ||
						      p->perf_config == PERF_COUNT_SW_TASK_CLOCK);
}

/* What the kernel's count grows by for each sample, 0 when that is not known beforehand. */
static unsigned long long counts_per_sample(const struct probe *p)
{
	if (!p->by_frequency)
		return p->period;
	/* Clock events turn a frequency into a fixed period. */
	if (is_clock(p))
		return 1000000000ULL / p->period;
	return 0;
}

static int open_event(struct attachments *a, const struct probe *p, pid_t pid, int cpu,
		      bool inherit)
{
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = p->number);
	struct perf_counter counter = {.probe = (size_t)(p - a->probes->probe),
				       .cpu = cpu,
				       .period = counts_per_sample(p),
				       .is_clock = is_clock(p)};
	struct perf_event_attr attr;
	struct bpf_link *link;

	fill_attr(&attr, p);
	attr.inherit = inherit;
	counter.fd = perf_event_open(&attr, pid, cpu);
	if (counter.fd < 0)
		return counter.fd;
	link = bpf_program__attach_perf_event_opts(attach_program(a, p->type->programs[0]),
						   counter.fd, &opts);
	if (!link) {
		int err = -errno;

		close(counter.fd);
		return err;
	}
	/* The link owns the event's descriptor now. */
	if (attach_keep_link(a, link))
		return -ENOMEM;
	return attach_keep_perf(a, &counter);
}

static int on_each_cpu(struct attachments *a, const struct probe *p)
{
	struct cpulist online;
	int err = cpulist_online(&online);

	for (int cpu = 0; !err && cpu < CPULIST_MAX; cpu++) {
		if (!cpulist_has(&online, cpu) || (a->cpus && !cpulist_has(a->cpus, cpu)))
			continue;
		err = open_event(a, p, -1, cpu, false);
		if (err == -ENODEV) /* went offline meanwhile */
			err = 0;
	}
	return err;
}

static int on_each_thread(struct attachments *a, const struct probe *p, pid_t pid)
{
	char path[64];
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			err = open_event(a, p, atoi(entry->d_name), -1, true);
	closedir(dir);
	return err;
}

int perf_attach(struct attachments *a, const struct probe *p)
{
	pid_t pid = a->tgid ? a->tgid : a->command;

#ifndef __x86_64__
	/* Elsewhere the kernel stops before its own store and may never get past it. */
	if (p->perf_type == PERF_TYPE_BREAKPOINT && (p->address & KERNEL_ADDRESS))
		return -EOPNOTSUPP;
#endif
	if (p->perf_type != PERF_TYPE_BREAKPOINT || (p->address & KERNEL_ADDRESS))
		return on_each_cpu(a, p);
	return pid ? on_each_thread(a, p, pid) : -EINVAL;
}

/* The kernel lowers this limit by itself when samples take it too long. 0: not known. */
static uint64_t sample_rate_limit(void)
{
	FILE *f = fopen("/proc/sys/kernel/perf_event_max_sample_rate", "re");
	uint64_t limit = 0;

	if (f && fscanf(f, "%" SCNu64, &limit) != 1)
		limit = 0;
	if (f)
		fclose(f);
	return limit;
}

int perf_explain(const struct probe *p, int err)
{
	const char *reason = strerror(-err);

	if (p->by_frequency && p->period > sample_rate_limit())
		return fail("%s: cannot attach: %s; this kernel samples at %" PRIu64
			    " Hz at most: ask for less, or raise kernel.perf_event_max_sample_rate",
			    p->name, reason, sample_rate_limit());
	if (p->perf_type == PERF_TYPE_HARDWARE)
		return fail("%s: this machine has no such counter (%s); use profile:hz:99 or "
			    "software:cpu-clock",
			    p->name, reason);
	if (p->perf_type != PERF_TYPE_BREAKPOINT)
		return fail("%s: cannot attach: %s; see latchkit doctor", p->name, reason);
	if (err == -EINVAL)
		return fail("%s: cannot watch this address (%s); user addresses need -p PID, "
			    "kernel addresses must be data",
			    p->name, reason);
	if (err == -EOPNOTSUPP)
		return fail("%s: watchpoints on kernel addresses work on x86 only; use -p PID and "
			    "a user address",
			    p->name);
	return fail("%s: no debug register to be had (%s); see latchkit doctor", p->name, reason);
}
