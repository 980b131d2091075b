// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* perf_attach.c - see trace/probe/perf_attach.h */
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/trace/shared.h"
#include "cli/diag.h"
#include "cli/errors.h"
#include "host/cpulist.h"
#include "host/perf_event.h"
#include "trace/probe/perf_attach.h"
#include "trace/probe/type.h"

/* Addresses with the top bit set are the kernel's, on every 64-bit architecture with BPF. */
#define KERNEL_ADDRESS (1ULL << 63)

static void fill_attr(struct perf_event_attr *attr, const struct probe *p)
{
	memset(attr, 0, sizeof(*attr));
	attr->type = p->perf_type;
	attr->read_format = PERF_FORMAT_TOTAL_TIME_ENABLED;
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

static unsigned long long cookie(const struct probe *p)
{
	return p->number | (is_clock(p) ? SAMPLE_BY_CLOCK : 0);
}

/* Open an event with its program. Returns its descriptor, which *a owns, or a negative errno. */
static int open_fd(struct attachments *a, const struct probe *p, pid_t pid, int cpu, bool inherit)
{
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = cookie(p));
	struct perf_event_attr attr;
	struct bpf_link *link;
	int fd, err;

	fill_attr(&attr, p);
	attr.inherit = inherit;
	fd = perf_event_open(&attr, pid, cpu);
	if (fd < 0)
		return fd;
	link = bpf_program__attach_perf_event_opts(attach_program(a, p->type->programs[0]), fd,
						   &opts);
	if (!link) {
		err = -errno;
		close(fd);
		return err;
	}
	/* The link owns the event's descriptor now. */
	return attach_keep_link(a, link) ? -ENOMEM : fd;
}

static int open_event(struct attachments *a, const struct probe *p, pid_t pid, int cpu,
		      bool inherit)
{
	struct perf_counter counter = {.fd = open_fd(a, p, pid, cpu, inherit),
				       .probe = (size_t)(p - a->probes->probe),
				       .cpu = cpu,
				       .period = counts_per_sample(p),
				       .is_clock = is_clock(p)};

	return counter.fd < 0 ? counter.fd : attach_keep_perf(a, &counter);
}

static bool on_cpu(const struct attachments *a, int cpu)
{
	return cpulist_has(&a->sampled, cpu) && (!a->cpus || cpulist_has(a->cpus, cpu));
}

static int on_each_cpu(struct attachments *a, const struct probe *p)
{
	int err = cpulist_online(&a->sampled);

	for (int cpu = 0; !err && cpu < CPULIST_MAX; cpu++) {
		if (on_cpu(a, cpu))
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

/* Is it sampled CPU by CPU, whatever runs there? */
static bool by_cpu(const struct probe *p)
{
	return p->type->kind == KIND_SAMPLE &&
	       (p->perf_type != PERF_TYPE_BREAKPOINT || (p->address & KERNEL_ADDRESS));
}

int perf_attach(struct attachments *a, const struct probe *p)
{
	pid_t pid = a->tgid ? a->tgid : a->command;

#ifndef __x86_64__
	/* Elsewhere the kernel stops before its own store and may never get past it. */
	if (p->perf_type == PERF_TYPE_BREAKPOINT && (p->address & KERNEL_ADDRESS))
		return -EOPNOTSUPP;
#endif
	if (by_cpu(p))
		return on_each_cpu(a, p);
	return pid ? on_each_thread(a, p, pid) : -EINVAL;
}

/*
 * Sample again on a CPU that was offline. The event from before never counts again; its count is
 * where that of the new event goes on.
 */
static int open_again(struct attachments *a, struct perf_counter *counter)
{
	unsigned long long counted = 0;

	if (attach_perf_count(counter, &counted))
		counted = 0;
	counter->fd = open_fd(a, &a->probes->probe[counter->probe], -1, counter->cpu, false);
	counter->base = 0 - counted;
	counter->enabled_ns = 0;
	return counter->fd < 0 ? counter->fd : 0;
}

/* Its time stands still: its CPU was offline at some time since the last call. */
static bool is_dead(struct perf_counter *counter)
{
	unsigned long long before = counter->enabled_ns, count;

	return attach_perf_count(counter, &count) || counter->enabled_ns == before;
}

static void tell(int cpu, int err)
{
	if (err)
		note("CPU %d came online, and cannot be sampled again: %s%s", cpu, error_text(err),
		     err == -EACCES ? " (see kernel.perf_event_paranoid)" : "");
	else
		note("CPU %d came online: sampled from now on", cpu);
}

static void open_dead(struct attachments *a)
{
	int told = -1;

	for (size_t i = 0; i < a->perf_count; i++) {
		struct perf_counter *counter = &a->perf[i];
		int err;

		if (counter->cpu < 0 || !on_cpu(a, counter->cpu) || !is_dead(counter))
			continue;
		err = open_again(a, counter);
		if (counter->cpu != told && !counter->gone)
			tell(counter->cpu, err);
		told = counter->cpu;
		counter->gone = err;
	}
}

static bool has_counter(const struct attachments *a, int cpu)
{
	for (size_t i = 0; i < a->perf_count; i++)
		if (a->perf[i].cpu == cpu)
			return true;
	return false;
}

static void open_new(struct attachments *a, int cpu)
{
	int err = 0;

	for (size_t i = 0; !err && i < a->probes->count; i++)
		if (by_cpu(&a->probes->probe[i]))
			err = open_event(a, &a->probes->probe[i], -1, cpu, false);
	tell(cpu, err);
}

void perf_follow_cpus(struct attachments *a)
{
	struct cpulist before = a->sampled;

	if (!before.count || cpulist_online(&a->sampled))
		return;
	for (int cpu = 0; cpu < CPULIST_MAX; cpu++) {
		if (a->cpus && !cpulist_has(a->cpus, cpu))
			continue;
		if (cpulist_has(&before, cpu) && !cpulist_has(&a->sampled, cpu))
			note("CPU %d went offline: no samples of it until it is back", cpu);
		if (!cpulist_has(&before, cpu) && on_cpu(a, cpu) && !has_counter(a, cpu))
			open_new(a, cpu);
	}
	open_dead(a);
}
