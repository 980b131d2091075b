// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* settings.c - see trace/engine/settings.h. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/trace/shared.h"
#include "cli/diag.h"
#include "cli/errors.h"
#include "host/context.h"
#include "trace/engine/activity.h"
#include "trace/engine/keyed.h"
#include "trace/engine/settings.h"
#include "trace/engine/swap.h"
#include "trace/probe/span.h"
#include "trace/probe/tracepoint.h"

/* The inode of the initial pid namespace, the same on every kernel. */
#define INITIAL_PIDNS_INODE 0xEFFFFFFCU

static void set_pid_namespace(struct trace_settings *s)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) || st.st_ino == INITIAL_PIDNS_INODE)
		return;
	s->pidns_dev = st.st_dev;
	s->pidns_ino = st.st_ino;
}

static int set_expressions(struct engine *e, struct trace_settings *s)
{
	struct trace_statement *to = bpf_image_constant(&e->image, "statements");

	if (!to)
		return fail("trace: the BPF object has no statements; rebuild latchkit");
	s->statements = (unsigned int)e->probes->statements;
	s->statement_of_all = e->probes->count ? e->probes->probe[0].statement : 0;
	for (size_t i = 1; i < e->probes->count; i++)
		if (e->probes->probe[i].statement != s->statement_of_all)
			s->statement_of_all = 0;
	memcpy(to, e->probes->statement, sizeof(e->probes->statement));
	return 0;
}

/* What the programs of system calls know of a probe. */
static void set_syscall(const struct probe *p, struct trace_settings *s)
{
	if (p->type == &probe_type_syscall_return) {
		s->syscall_probe[p->syscall] = (p->number + 1) | SYSCALL_RETURN_ALONE;
		s->returns_alone = 1;
	} else if (p->type == &probe_type_syscall) {
		s->syscall_probe[p->syscall] = p->number + 1;
		s->syscall_starts = 1;
	} else if (p->type == &probe_type_syscall_entry) {
		s->syscall_probe[p->syscall] = (p->number + 1) | SYSCALL_NO_RETURN;
	} else if (p->kind == KIND_LATENCY && !probe_is_span(p)) {
		s->nested = 1;
	}
}

int engine_set_settings(struct engine *e)
{
	struct trace_settings *s = bpf_image_constant(&e->image, "settings");
	int err;

	if (!s)
		return fail("trace: the BPF object has no settings; rebuild latchkit");
	e->latency_base = e->probes->kinds[KIND_EVENT];
	e->sample_base = e->latency_base + e->probes->kinds[KIND_LATENCY];
	s->cpus = (unsigned int)e->cpus;
	s->events = e->probes->kinds[KIND_EVENT];
	s->latencies = e->probes->kinds[KIND_LATENCY];
	s->samples = e->probes->kinds[KIND_SAMPLE];
	s->probes = (unsigned int)e->probes->count;
	s->latency_base = e->latency_base;
	s->sample_base = e->sample_base;
	s->tgid = e->config.tgid;
	s->tid = e->config.tid;
	s->follow = e->config.follow;
	s->by_cgroup = e->config.cgroup != NULL;
	s->by_cpu = e->config.by_cpu;
	memcpy(s->cpu_mask, e->config.cpus.mask, sizeof(s->cpu_mask));
	s->count_stacks = s->keep_stacks = e->count_stacks;
	for (int kind = 0; kind < KIND_COUNT; kind++)
		s->handler[kind] = e->config.swappable ? HANDLER_IN_MAP : engine_handler(e, kind);
	s->lines = e->config.lines;
	err = set_expressions(e, s);
	if (err)
		return err;
	err = keyed_set_up(e, s);
	err = err ? err : activity_set_up(e, s);
	if (err)
		return fail("trace: cannot size the tables of keys: %s", error_text(err));
	set_pid_namespace(s);
	s->own_tgid = (unsigned int)getpid();
	if (s->samples)
		context_settings(s);
	for (size_t i = 0; i < e->probes->count; i++)
		set_syscall(&e->probes->probe[i], s);
	return 0;
}
