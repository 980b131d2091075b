// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* attach.c - see trace/engine/attach.h: keeps what is attached, explains what could not be. */
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/engine/attach.h"
#include "cli/diag.h"
#include "host/privileges.h"

static int grow(void *array_pointer, size_t count, size_t size)
{
	void **array = array_pointer;
	void *grown = realloc(*array, (count + 1) * size);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

int attach_keep_fd(struct attachments *a, int fd)
{
	int err = grow(&a->fds, a->fds_count, sizeof(*a->fds));

	if (err) {
		close(fd);
		return err;
	}
	a->fds[a->fds_count++] = fd;
	return 0;
}

int attach_keep_link(struct attachments *a, struct bpf_link *link)
{
	int err;

	if (!link)
		return -errno;
	err = grow(&a->links, a->links_count, sizeof(struct bpf_link *));
	if (err) {
		bpf_link__destroy(link);
		return err;
	}
	a->links[a->links_count++] = link;
	return 0;
}

int attach_keep_perf(struct attachments *a, const struct perf_counter *counter)
{
	int err = grow(&a->perf, a->perf_count, sizeof(*a->perf));

	if (!err)
		a->perf[a->perf_count++] = *counter;
	return err;
}

static int attach_one(struct attachments *a, size_t probe, pid_t command)
{
	switch (a->engine->probes->probe[probe].type) {
	case PROBE_PERF:
		return attach_perf(a, probe, command);
	case PROBE_KPROBE:
	case PROBE_UPROBE:
	case PROBE_USDT:
		return attach_cookie(a, probe);
	case PROBE_TRACEPOINT:
	case PROBE_FENTRY:
		return attach_traced(a, probe);
	case PROBE_SYSCALL:
		return 0; /* one pair serves all */
	}
	return -EINVAL;
}

/* Returns first, so that no entry waits for a return that is not watched yet. */
static int attach_programs(struct attachments *a, const char *const *programs, size_t count)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		struct bpf_program *program = engine_program(a->engine, programs[i]);

		if (bpf_program__autoload(program))
			err = attach_keep_link(a, bpf_program__attach(program));
		if (err)
			fail("trace: cannot attach %s: %s; see latchkit doctor", programs[i],
			     strerror(-err));
	}
	return err;
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

static int explain(const struct probe *p, int err)
{
	const char *reason = strerror(-err);

	if ((err == -EPERM || err == -EACCES) && privileges_locked_down())
		return fail("%s: cannot attach: the kernel is locked down (confidentiality); use "
			    "tracepoints, or boot with lockdown=integrity",
			    p->name);
	if ((err == -EPERM || err == -EACCES) && geteuid() == 0)
		return fail("%s: cannot attach: %s, even to root: this kernel refuses it; see "
			    "latchkit doctor",
			    p->name, reason);
	if (err == -EPERM || err == -EACCES)
		return fail("%s: cannot attach: %s; run as root, or with CAP_BPF and CAP_PERFMON",
			    p->name, reason);
	if (p->type == PROBE_PERF && p->by_frequency && p->period > sample_rate_limit())
		return fail("%s: cannot attach: %s; this kernel samples at %" PRIu64
			    " Hz at most: ask for less, or raise kernel.perf_event_max_sample_rate",
			    p->name, reason, sample_rate_limit());
	if (p->type == PROBE_PERF && p->perf_type == PERF_TYPE_HARDWARE)
		return fail("%s: this machine has no such counter (%s); use profile:hz:99 or "
			    "software:cpu-clock",
			    p->name, reason);
	if (p->type == PROBE_PERF && p->perf_type == PERF_TYPE_BREAKPOINT && err == -EINVAL)
		return fail("%s: cannot watch this address (%s); user addresses need -p PID, "
			    "kernel addresses must be data",
			    p->name, reason);
	if (p->type == PROBE_PERF && p->perf_type == PERF_TYPE_BREAKPOINT && err == -EOPNOTSUPP)
		return fail(
			"%s: watchpoints on kernel addresses work on x86 only; use -p PID and a "
			"user address",
			p->name);
	if (p->type == PROBE_PERF && p->perf_type == PERF_TYPE_BREAKPOINT)
		return fail("%s: no debug register to be had (%s); see latchkit doctor", p->name,
			    reason);
	if (p->type == PROBE_KPROBE && access("/sys/bus/event_source/devices/kprobe", F_OK))
		return fail("%s: this kernel has no kprobes; use a tracepoint, or fentry: where "
			    "latchkit doctor says yes",
			    p->name);
	if (p->type == PROBE_KPROBE)
		return fail("%s: cannot attach: %s; some functions cannot be probed, their callers "
			    "can",
			    p->name, reason);
	if (p->type == PROBE_FENTRY)
		return fail("%s: cannot attach: %s; latchkit doctor says whether this kernel has "
			    "fentry, kprobe: may do",
			    p->name, reason);
	return fail("%s: cannot attach: %s; see latchkit doctor", p->name, reason);
}

static int attach_probes(struct attachments *a, pid_t command)
{
	const struct probe_list *list = a->engine->probes;

	for (size_t i = 0; i < list->count; i++) {
		int err = attach_one(a, i, command);

		if (!err)
			continue;
		if (!list->probe[i].optional || err == -EPERM)
			return explain(&list->probe[i], err);
		if (!a->failed++) {
			a->failed_name = list->probe[i].name;
			a->failed_errno = -err;
		}
	}
	if (a->failed && a->failed == list->count)
		return fail("%s: cannot attach: %s, nor any other; see latchkit doctor",
			    a->failed_name, strerror(a->failed_errno));
	return 0;
}

struct attachments *attachments__new(struct engine *engine, pid_t command)
{
	/* process_exit asks whether the thread is followed, while it still is. */
	static const char *const shared[] = {
		"process_exit", "process_rename", "process_exec",  "process_fork",
		"cgroup_gone",	"cgroup_made",	  "follow_exit",   "follow_exec",
		"follow_fork",	"leave_syscall",  "enter_syscall",
	};
	struct attachments *a = calloc(1, sizeof(*a));
	size_t probes = engine->probes->count;

	if (a)
		a->program = malloc((probes + 1) * sizeof(*a->program));
	if (!a || !a->program) {
		free(a);
		fail("trace: out of memory");
		return NULL;
	}
	a->engine = engine;
	for (size_t i = 0; i < probes; i++)
		a->program[i] = -1;
	if (attach_programs(a, shared, sizeof(shared) / sizeof(shared[0])) ||
	    attach_probes(a, command)) {
		attachments__free(a);
		return NULL;
	}
	return a;
}

void attachments__free(struct attachments *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->links_count; i++)
		bpf_link__destroy(a->links[i]);
	for (size_t i = 0; i < a->fds_count; i++)
		close(a->fds[i]);
	free(a->links);
	free(a->fds);
	free(a->program);
	free(a->perf);
	free(a);
}
