// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* attach_perf.c - attach one sampling probe: a perf event on each CPU, or on each thread. */
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/perf_event.h"
#include "trace/engine/attach.h"

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

static int open_event(struct attachments *a, size_t index, pid_t pid, int cpu, bool inherit)
{
	const struct probe *p = &a->engine->probes->probe[index];
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = p->number);
	struct perf_counter counter = {.probe = index,
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
	link = bpf_program__attach_perf_event_opts(engine_program(a->engine, "sample"), counter.fd,
						   &opts);
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

static int on_each_cpu(struct attachments *a, size_t index)
{
	const struct engine_config *config = &a->engine->config;
	struct cpulist online;
	int err = cpulist_online(&online);

	for (int cpu = 0; !err && cpu < CPULIST_MAX; cpu++) {
		if (!cpulist_has(&online, cpu) ||
		    (config->by_cpu && !cpulist_has(&config->cpus, cpu)))
			continue;
		err = open_event(a, index, -1, cpu, false);
		if (err == -ENODEV) /* went offline meanwhile */
			err = 0;
	}
	return err;
}

static int on_each_thread(struct attachments *a, size_t index, pid_t pid)
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
			err = open_event(a, index, atoi(entry->d_name), -1, true);
	closedir(dir);
	return err;
}

int attach_perf(struct attachments *a, size_t index, pid_t command)
{
	const struct probe *p = &a->engine->probes->probe[index];
	pid_t pid = a->engine->config.tgid ? (pid_t)a->engine->config.tgid : command;

#ifndef __x86_64__
	/* Elsewhere the kernel stops before its own store and may never get past it. */
	if (p->perf_type == PERF_TYPE_BREAKPOINT && (p->address & KERNEL_ADDRESS))
		return -EOPNOTSUPP;
#endif
	if (p->perf_type != PERF_TYPE_BREAKPOINT || (p->address & KERNEL_ADDRESS))
		return on_each_cpu(a, index);
	return pid ? on_each_thread(a, index, pid) : -EINVAL;
}
