// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* settings.c - the constants of the programs: written before the verifier sees them. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <string.h>
#include <sys/stat.h>

#include "host/context.h"
#include "cli/diag.h"
#include "trace/engine/engine.h"
#include "bpf/trace/shared.h"

/* The inode of the initial pid namespace, the same on every kernel. */
#define INITIAL_PIDNS_INODE 0xEFFFFFFCU

/* The place of a read-only setting in the object that has not been loaded yet, or NULL. */
static void *rodata_find(struct engine *e, const char *name, size_t size)
{
	struct btf *btf = bpf_object__btf(e->object);
	int id = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC);
	const struct btf_type *section = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;
	const struct btf_var_secinfo *var = section ? btf_var_secinfos(section) : NULL;
	size_t bytes = 0;
	char *base = NULL;
	struct bpf_map *map;

	bpf_object__for_each_map (map, e->object)
		if (strcmp(bpf_map__name(map), ".rodata") == 0 ||
		    strstr(bpf_map__name(map), ".rodata"))
			base = (char *)bpf_map__initial_value(map, &bytes);
	for (int i = 0; base && section && i < btf_vlen(section); i++) {
		const struct btf_type *t = btf__type_by_id(btf, var[i].type);

		if (strcmp(btf__name_by_offset(btf, t->name_off), name) == 0 &&
		    var[i].size == size && var[i].offset + size <= bytes)
			return base + var[i].offset;
	}
	return NULL;
}

static void set_pid_namespace(struct trace_settings *s)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) || st.st_ino == INITIAL_PIDNS_INODE)
		return;
	s->pidns_dev = st.st_dev;
	s->pidns_ino = st.st_ino;
}

int engine_set_settings(struct engine *e)
{
	struct trace_settings *s = rodata_find(e, "settings", sizeof(*s));

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
	s->count_stacks = e->count_stacks;
	for (int kind = 0; kind < KIND_COUNT; kind++)
		s->handler[kind] = e->config.swappable ? HANDLER_IN_MAP : engine_handler(e, kind);
	if (s->tgid || s->tid)
		set_pid_namespace(s);
	if (s->samples)
		context_settings(s);
	for (size_t i = 0; i < e->probes->count; i++)
		if (e->probes->probe[i].type == PROBE_SYSCALL)
			s->syscall_probe[e->probes->probe[i].syscall] =
				(unsigned short)(e->probes->probe[i].number + 1);
		else if (e->probes->probe[i].kind == KIND_LATENCY)
			s->nested = 1;
	return 0;
}
