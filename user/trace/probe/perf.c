// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* perf.c - see trace/probe/perf.h: profile, software, hardware, watchpoint. */
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
#include "cli/errors.h"
#include "cli/suggest.h"
#include "host/perf_event.h"
#include "trace/probe/attachments.h"
#include "trace/probe/perf.h"
#include "trace/probe/text.h"

struct perf_name {
	const char *name;
	uint64_t config;
	uint64_t period; /* unless the user gives one */
};

static const struct perf_name software[] = {
	{"cpu-clock", PERF_COUNT_SW_CPU_CLOCK, 1000000},
	{"task-clock", PERF_COUNT_SW_TASK_CLOCK, 1000000},
	{"page-faults", PERF_COUNT_SW_PAGE_FAULTS, 1},
	{"minor-faults", PERF_COUNT_SW_PAGE_FAULTS_MIN, 1},
	{"major-faults", PERF_COUNT_SW_PAGE_FAULTS_MAJ, 1},
	{"context-switches", PERF_COUNT_SW_CONTEXT_SWITCHES, 1},
	{"cpu-migrations", PERF_COUNT_SW_CPU_MIGRATIONS, 1},
};

static const struct perf_name hardware[] = {
	{"cycles", PERF_COUNT_HW_CPU_CYCLES, 1000000},
	{"instructions", PERF_COUNT_HW_INSTRUCTIONS, 1000000},
	{"ref-cycles", PERF_COUNT_HW_REF_CPU_CYCLES, 1000000},
	{"cache-references", PERF_COUNT_HW_CACHE_REFERENCES, 100000},
	{"cache-misses", PERF_COUNT_HW_CACHE_MISSES, 100000},
	{"branches", PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 100000},
	{"branch-misses", PERF_COUNT_HW_BRANCH_MISSES, 100000},
};

static int parse_event(struct probe_list *list, const struct probe_text *text, uint32_t type,
		       const struct perf_name *names, size_t count)
{
	struct probe p = {.type = text->type, .perf_type = type};
	struct suggest near;

	if (!probe_has_fields(text, 1, 2))
		return probe_bad_form(text);
	suggest_init(&near, text->field[1]);
	for (size_t i = 0; i < count; i++) {
		suggest_offer(&near, names[i].name);
		if (strcmp(names[i].name, text->field[1]))
			continue;
		p.perf_config = names[i].config;
		p.period = names[i].period;
		if (text->fields == 3 && !probe_number(text->field[2], 10, &p.period))
			return fail_usage("%s: %s: the period is a whole number of at least 1",
					  text->whole, text->field[2]);
		p.name = strdup(text->whole);
		return probe_list_append(list, &p);
	}
	if (suggest_best(&near))
		return fail_usage("%s: no such %s event; did you mean %s?", text->whole,
				  text->type->name, suggest_best(&near));
	return fail_usage("%s: no such %s event; there is %s, for one", text->whole,
			  text->type->name, names[0].name);
}

static int parse_software(struct probe_list *list, const struct probe_text *text)
{
	return parse_event(list, text, PERF_TYPE_SOFTWARE, software,
			   sizeof(software) / sizeof(software[0]));
}

static int parse_hardware(struct probe_list *list, const struct probe_text *text)
{
	return parse_event(list, text, PERF_TYPE_HARDWARE, hardware,
			   sizeof(hardware) / sizeof(hardware[0]));
}

static int parse_profile(struct probe_list *list, const struct probe_text *text)
{
	struct probe p = {.type = text->type};

	if (!probe_has_fields(text, 2, 2) || strcmp(text->field[1], "hz"))
		return probe_bad_form(text);
	if (!probe_number(text->field[2], 10, &p.period) || p.period > 100000)
		return fail_usage("%s: %s: the frequency is a whole number from 1 to 100000",
				  text->whole, text->field[2]);
	p.perf_type = PERF_TYPE_SOFTWARE;
	p.perf_config = PERF_COUNT_SW_CPU_CLOCK;
	p.by_frequency = true;
	p.name = strdup(text->whole);
	return probe_list_append(list, &p);
}

static int parse_watchpoint(struct probe_list *list, const struct probe_text *text)
{
	struct probe p = {
		.type = text->type,
		.perf_type = PERF_TYPE_BREAKPOINT,
		.period = 1,
	};
	uint64_t length;

	if (!probe_has_fields(text, 3, 3) || strncmp(text->field[1], "0x", 2) ||
	    !probe_number(text->field[1], 16, &p.address))
		return probe_bad_form(text);
	if (!probe_number(text->field[2], 10, &length) || length > 8 || (length & (length - 1)))
		return fail_usage("%s: %s: the length is 1, 2, 4 or 8 bytes", text->whole,
				  text->field[2]);
	if (p.address & (length - 1))
		return fail_usage("%s: the address is not a multiple of the length %s", text->whole,
				  text->field[2]);
	if (strcmp(text->field[3], "w") && strcmp(text->field[3], "rw"))
		return fail_usage("%s: %s: watch for w or rw", text->whole, text->field[3]);
	p.length = (uint32_t)length;
	p.perf_config = text->field[3][0] == 'r' ? HW_BREAKPOINT_RW : HW_BREAKPOINT_W;
	p.name = strdup(text->whole);
	return probe_list_append(list, &p);
}

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

static int attach_event(struct attachments *a, const struct probe *p)
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

static int explain_event(const struct probe *p, int err)
{
	const char *reason = error_text(err);
	uint64_t limit = sample_rate_limit();

	if (err == -EINVAL && p->by_frequency && limit && p->period > limit)
		return fail("%s: cannot attach: %s; this kernel samples at %" PRIu64
			    " Hz at most: ask for less, or raise kernel.perf_event_max_sample_rate",
			    p->name, reason, limit);
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

/* All are perf events that sample. */
#define PERF_ATTACHED \
	.kind = KIND_SAMPLE, .attach = attach_event, .explain = explain_event, \
	.programs = {"sample"}

const struct probe_type probe_type_profile = {
	PROBE_SPELLED("profile", "p", "profile:hz:N"),
	.help = "  profile:hz:N                          samples by a timer on each CPU\n",
	.parse = parse_profile,
	PERF_ATTACHED,
};

const struct probe_type probe_type_software = {
	PROBE_SPELLED("software", "s", "software:EVENT[:PERIOD]"),
	.help = "  software:EVENT[:PERIOD]               samples by cpu-clock, page-faults, ...\n",
	.parse = parse_software,
	PERF_ATTACHED,
};

const struct probe_type probe_type_hardware = {
	PROBE_SPELLED("hardware", "h", "hardware:EVENT[:PERIOD]"),
	.help = "  hardware:EVENT[:PERIOD]               samples by cycles, cache-misses, ...\n",
	.parse = parse_hardware,
	PERF_ATTACHED,
};

const struct probe_type probe_type_watchpoint = {
	PROBE_SPELLED("watchpoint", "w", "watchpoint:0xADDR:LENGTH:w"),
	.help = "  watchpoint:0xADDR:LENGTH:w            samples at each write to an address\n",
	.parse = parse_watchpoint,
	PERF_ATTACHED,
};

int probe_list_add_cycles(struct probe_list *list, unsigned int frequency_hz)
{
	struct probe p = {
		.type = &probe_type_hardware,
		.name = strdup("hardware:cycles"),
		.perf_type = PERF_TYPE_HARDWARE,
		.perf_config = PERF_COUNT_HW_CPU_CYCLES,
		.period = frequency_hz,
		.by_frequency = true,
	};

	return probe_list_append(list, &p);
}
