// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nmi_source.c - see verify/core/nmi_source.h. */
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/perf_event.h"
#include "verify/core/nmi_source.h"

/* Cycles, and nanoseconds, between two samples. */
#define SAMPLE_CYCLES 50021
#define SAMPLE_NS 50021

static int attach(struct nmi_source *s, const struct bpf_program *program,
		  struct perf_event_attr *attr, int cpu, lk_u64 cookie)
{
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = cookie);
	int err;

	s->link = NULL;
	s->fd = perf_event_open(attr, -1, cpu);
	if (s->fd < 0)
		return s->fd;
	s->link = bpf_program__attach_perf_event_opts(program, s->fd, &opts);
	if (s->link)
		return 0;
	err = -errno;
	close(s->fd);
	s->fd = -1;
	return err;
}

int nmi_source_watch(struct nmi_source *s, const struct bpf_program *program, int cpu,
		     lk_u64 address, lk_u64 cookie)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = address,
		.bp_len = 8,
		.sample_period = 1,
	};

	return attach(s, program, &attr, cpu, cookie);
}

int nmi_source_sample(struct nmi_source *s, const struct bpf_program *program, int cpu,
		      lk_u64 cookie, bool *is_nmi)
{
	struct perf_event_attr pmu = {
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.sample_period = SAMPLE_CYCLES,
		.exclude_user = 1,
	};
	struct perf_event_attr clock = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = SAMPLE_NS,
	};

	*is_nmi = true;
	if (attach(s, program, &pmu, cpu, cookie) == 0)
		return 0;
	*is_nmi = false;
	return attach(s, program, &clock, cpu, cookie);
}

void nmi_source_detach(struct nmi_source *s)
{
	bpf_link__destroy(s->link);
	s->link = NULL;
	s->fd = -1;
}

lk_u64 nmi_source_events(const struct nmi_source *s)
{
	lk_u64 count = 0;

	if (s->fd < 0 || read(s->fd, &count, sizeof(count)) != sizeof(count))
		return 0;
	return count;
}

const char *nmi_source_why(int err)
{
	switch (-err) {
	case ENOSPC:
		return "the debug registers are taken by somebody else: end other debuggers and "
		       "traces";
	case EPERM:
	case EACCES:
		return "watchpoints in the kernel need root, or CAP_BPF and CAP_PERFMON";
	case EOPNOTSUPP:
	case ENODEV:
	case ENOENT:
		return "no data watchpoints here: the processor or the virtual machine has none";
	default:
		return strerror(-err);
	}
}

bool nmi_source_request(unsigned int count)
{
	const char *path = getenv("LATCHKIT_INJECT");
	FILE *request = path ? fopen(path, "we") : NULL;

	if (!request)
		return false;
	fprintf(request, "\nlatchkit-vm: inject-nmi %u\n", count);
	fclose(request);
	return true;
}
